/** Which parts of the web platform and of the language the element's scripts use: each member whose declaration is a library's. */
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { data, type Feature } from './compat';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

export interface Use {
  readonly name: string;
  readonly feature: Feature | undefined;
  readonly at: string;
}

function program(): ts.Program {
  const config = ts.getParsedCommandLineOfConfigFile(resolve(root, 'tsconfig.json'), { types: [] }, { ...ts.sys, onUnRecoverableConfigFileDiagnostic: (problem) => { throw new Error(String(problem.messageText)); } });
  if (config === undefined) throw new Error('no tsconfig.json');
  const names = config.fileNames.filter((name) => name.includes('/src/') && !name.includes('/gallery/') && !name.includes('/translations/'));
  return ts.createProgram(names, config.options);
}

/** `ArrayConstructor` and `ReadonlyArray` are `Array` in the tables. */
const plain = (name: string): string => name.replace(/Constructor$/, '').replace(/^Readonly(?=Array|Map|Set)/, '');

function tableOf(name: string): Feature | undefined {
  const builtins = data['javascript']?.['builtins'];
  return data['api']?.[name] ?? builtins?.[name] ?? builtins?.['Intl']?.[name];
}

/** The names of a type and of all that it extends, nearest first. */
function namesOf(type: ts.Type, checker: ts.TypeChecker, seen = new Set<ts.Type>()): string[] {
  if (seen.has(type)) return [];
  seen.add(type);
  if (type.isUnionOrIntersection()) return type.types.flatMap((each) => namesOf(each, checker, seen));
  const apparent = checker.getApparentType(type);
  const own = apparent.symbol as ts.Symbol | undefined;
  const bases = apparent.isClassOrInterface() || (apparent as ts.TypeReference).target !== undefined ? checker.getBaseTypes(((apparent as ts.TypeReference).target ?? apparent) as ts.InterfaceType) : [];
  return [...(own === undefined ? [] : [plain(own.name)]), ...bases.flatMap((base) => namesOf(base, checker, seen))];
}

const isLibrary = (declaration: ts.Declaration): boolean => /\/typescript\/lib\/lib\.[^/]*$/.test(declaration.getSourceFile().fileName);

function memberUse(node: ts.PropertyAccessExpression | ts.BindingElement, name: ts.Identifier, type: ts.Type, checker: ts.TypeChecker): Omit<Use, 'at'> | null {
  const member = checker.getPropertyOfType(checker.getNonNullableType(type), name.text);
  if (member?.declarations?.some(isLibrary) !== true) return null;
  for (const owner of namesOf(checker.getNonNullableType(type), checker)) {
    const feature = tableOf(owner)?.[name.text] ?? tableOf(owner)?.[`${name.text}_static`];
    if (feature !== undefined) return { name: `${owner}.${name.text}`, feature };
  }
  return { name: `?.${name.text}`, feature: undefined };
}

function globalUse(node: ts.Identifier, checker: ts.TypeChecker): Omit<Use, 'at'> | null {
  const symbol = checker.getSymbolAtLocation(node);
  if (symbol?.declarations?.some(isLibrary) !== true || ts.isTypeNode(node.parent) || ts.isPropertyAccessExpression(node.parent) && node.parent.name === node) return null;
  const feature = data['api']?.[node.text] ?? data['javascript']?.['builtins']?.[node.text] ?? data['api']?.['Window']?.[node.text];
  return { name: node.text, feature };
}

/** Everything that is used, once. */
export function uses(): Use[] {
  const made = program();
  const checker = made.getTypeChecker();
  const found = new Map<string, Use>();
  const visit = (node: ts.Node): void => {
    let use: Omit<Use, 'at'> | null = null;
    if (ts.isPropertyAccessExpression(node) && ts.isIdentifier(node.name)) use = memberUse(node, node.name, checker.getTypeAtLocation(node.expression), checker);
    else if (ts.isBindingElement(node) && ts.isObjectBindingPattern(node.parent)) {
      const key = node.propertyName ?? node.name;
      if (ts.isIdentifier(key)) use = memberUse(node, key, checker.getTypeAtLocation(node.parent), checker);
    } else if (ts.isIdentifier(node) && !ts.isTypeNode(node.parent)) use = globalUse(node, checker);
    if (use !== null && !found.has(use.name)) {
      const file = node.getSourceFile();
      found.set(use.name, { ...use, at: `${file.fileName.slice(root.length + 1)}:${file.getLineAndCharacterOfPosition(node.getStart()).line + 1}` });
    }
    ts.forEachChild(node, visit);
  };
  for (const file of made.getSourceFiles()) if (file.fileName.startsWith(`${root}/src/`)) visit(file);
  return [...found.values()];
}
