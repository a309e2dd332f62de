/**
 * What the vitest suites claim to show, read from their source: `shows('id', …)` among a test's arguments, or `idsOf('pattern', …)`
 * in the table of a test that runs once for each id. Tests that are skipped claim nothing.
 */
import { readdirSync, readFileSync } from 'node:fs';
import ts from 'typescript';
import { matching } from './patterns.ts';

export interface Claim {
  ids: string[];
  /** path from `web` */
  file: string;
  title: string;
}

const RUNNERS = new Set(['test', 'it', 'describe']);
const OFF = new Set(['skip', 'todo', 'skipIf', 'runIf', 'fails']);

interface Runner {
  name: string;
  /** `each`, `skip`, … */
  modifiers: Set<string>;
  /** arguments of the calls in its chain, the table of `each` among them */
  tables: ts.Expression[];
}

/** `test`, `test.each(table)`, `describe.skip` … as what is called; undefined when it is something else. */
function runnerOf(callee: ts.Expression): Runner | undefined {
  const runner: Runner = { name: '', modifiers: new Set(), tables: [] };
  let node = callee;
  for (;;) {
    if (ts.isIdentifier(node)) return RUNNERS.has(node.text) ? { ...runner, name: node.text } : undefined;
    if (ts.isPropertyAccessExpression(node)) {
      runner.modifiers.add(node.name.text);
      node = node.expression;
    } else if (ts.isCallExpression(node)) {
      runner.tables.push(...node.arguments);
      node = node.expression;
    } else return undefined;
  }
}

function titleOf(node: ts.Expression | undefined): string {
  if (node === undefined) return '';
  return ts.isStringLiteralLike(node) ? node.text : node.getText();
}

export function readClaims(web: string, ids: readonly string[]): { claims: Claim[]; problems: string[] } {
  const claims: Claim[] = [];
  const problems: string[] = [];
  const known = new Set(ids);
  const files = readdirSync(`${web}/tests`, { recursive: true, encoding: 'utf8' }).filter((name) => /\.test\.tsx?$/.test(name)).sort();

  for (const name of files) {
    const file = `tests/${name.replaceAll('\\', '/')}`;
    const tree = ts.createSourceFile(file, readFileSync(`${web}/${file}`, 'utf8'), ts.ScriptTarget.ES2022, true, file.endsWith('x') ? ts.ScriptKind.TSX : ts.ScriptKind.TS);

    const idsIn = (expression: ts.Node, found: string[]): void => {
      if (ts.isFunctionLike(expression)) return;
      if (ts.isCallExpression(expression) && ts.isIdentifier(expression.expression) && ['shows', 'idsOf'].includes(expression.expression.text)) {
        for (const argument of expression.arguments) {
          if (!ts.isStringLiteralLike(argument)) problems.push(`${file}: ${argument.getText()} is no literal`);
          else if (expression.expression.text === 'idsOf') found.push(...matching(ids, argument.text));
          else if (known.has(argument.text)) found.push(argument.text);
          else problems.push(`${file}: there is no id ${argument.text}`);
        }
      }
      expression.forEachChild((child) => idsIn(child, found));
    };

    const walk = (node: ts.Node, titles: readonly string[], off: boolean): void => {
      const runner = ts.isCallExpression(node) ? runnerOf(node.expression) : undefined;
      if (runner === undefined || !ts.isCallExpression(node)) {
        node.forEachChild((child) => walk(child, titles, off));
        return;
      }
      const skipped = off || [...runner.modifiers].some((each) => OFF.has(each));
      const path = [...titles, titleOf(node.arguments[0])];
      const found: string[] = [];
      for (const argument of [...runner.tables, ...node.arguments]) idsIn(argument, found);
      if (found.length > 0 && skipped) problems.push(`${file}: ${path.join(' › ')} is skipped and shows nothing`);
      else if (found.length > 0) claims.push({ ids: [...new Set(found)], file, title: path.join(' › ') });
      const body = node.arguments.find((argument) => ts.isFunctionLike(argument));
      if (body !== undefined && runner.name === 'describe') walk(body, path, skipped);
    };
    walk(tree, [], false);
  }
  return { claims, problems };
}
