/** Which parts of the platform and of the language the element's scripts use: all that TypeScript's own libraries declare. */
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { firstOf, tables, type Feature, type Use } from './compat';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const isOurs = (name: string): boolean => name.startsWith(`${root}/src/`) && !name.includes('/translations/');
const isLibrary = ({ declarations = [] }: ts.Symbol): boolean => declarations.some((each) => /\/typescript\/lib\/lib\.[^/]*$/.test(each.getSourceFile().fileName));

function program(): ts.Program {
  const path = resolve(root, 'tsconfig.json');
  const read = ts.readConfigFile(path, (name) => ts.sys.readFile(name));
  const { fileNames, options } = ts.parseJsonConfigFileContent(read.config, ts.sys, root);
  return ts.createProgram(fileNames.filter(isOurs), options);
}

/** `ArrayConstructor` and `ReadonlyArray` are `Array` in the tables. */
const plain = (name: string): string => name.replace(/Constructor$/, '').replace(/^Readonly(?=Array$|Map$|Set$)/, '');

function tableOf(name: string): Feature | undefined {
  return tables.get('api', name) ?? tables.get('javascript', 'builtins', name) ?? tables.get('javascript', 'builtins', 'Intl', name);
}

class Reader {
  readonly uses: Use[] = [];
  readonly #checker: ts.TypeChecker;

  constructor(made: ts.Program) {
    this.#checker = made.getTypeChecker();
  }

  read(node: ts.Node): void {
    const found = this.#useOf(node);
    if (found !== null) {
      const file = node.getSourceFile();
      this.uses.push({ ...found, at: `${file.fileName.slice(root.length + 1)}:${file.getLineAndCharacterOfPosition(node.getStart()).line + 1}` });
    }
    ts.forEachChild(node, (child) => this.read(child));
  }

  #useOf(node: ts.Node): Omit<Use, 'at'> | null {
    if (ts.isPropertyAccessExpression(node)) return this.#member(node.name.text, node.expression);
    if (ts.isBindingElement(node) && ts.isObjectBindingPattern(node.parent)) {
      const key = node.propertyName ?? node.name;
      return ts.isIdentifier(key) ? this.#member(key.text, node.parent) : null;
    }
    return ts.isIdentifier(node) && ts.isExpression(node.parent) && !ts.isPropertyAccessExpression(node.parent) ? this.#global(node) : null;
  }

  #member(name: string, owner: ts.Node): Omit<Use, 'at'> | null {
    const type = this.#checker.getNonNullableType(this.#checker.getTypeAtLocation(owner));
    const member = this.#checker.getPropertyOfType(type, name);
    if (member === undefined || !isLibrary(member)) return null;
    for (const each of this.#names(type, new Set())) {
      const feature = tableOf(each)?.get(name) ?? tableOf(each)?.get(`${name}_static`);
      if (feature !== undefined) return { name: `${each}.${name}`, feature };
    }
    return null;
  }

  #global(node: ts.Identifier): Omit<Use, 'at'> | null {
    const symbol = this.#checker.getSymbolAtLocation(node);
    if (symbol === undefined || !isLibrary(symbol)) return null;
    return { name: node.text, feature: tableOf(node.text) ?? tables.get('api', 'Window', node.text) };
  }

  /** The names of a type and of all that it extends, nearest first. */
  #names(type: ts.Type, seen: Set<ts.Type>): string[] {
    if (seen.has(type)) return [];
    seen.add(type);
    if (type.isUnionOrIntersection()) return type.types.flatMap((each) => this.#names(each, seen));
    const apparent = this.#checker.getApparentType(type);
    const symbol = apparent.getSymbol();
    const bases = apparent.getBaseTypes() ?? ('target' in apparent ? (apparent as ts.TypeReference).target.getBaseTypes() : undefined) ?? [];
    return [...(symbol === undefined ? [] : [plain(symbol.name)]), ...bases.flatMap((base) => this.#names(base, seen))];
  }
}

export function scriptUses(): Use[] {
  const made = program();
  const reader = new Reader(made);
  for (const file of made.getSourceFiles()) if (isOurs(file.fileName)) reader.read(file);
  return firstOf(reader.uses);
}
