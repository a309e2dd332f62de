/**
 * Everything the published types and the protocol's types promise, as a list of ids: each option, method, parameter, event,
 * component and field. Read by the compiler from the installed package, so nothing can be left out by hand.
 */
import ts from 'typescript';

export interface Entry {
  /** how the types spell it */
  type?: string;
  /** the literals it may be, when those are all, but for names of Lucide's icons */
  values?: (string | number)[];
}

export type Inventory = Record<string, Entry>;

/** Named types that get a section of their own (`type:NAME.…`) and are leaves wherever they are used. */
const SHARED: ReadonlySet<string> = new Set([
  'UserMessageContent', 'Attachment', 'Entity', 'Command', 'CommandSelection', 'Spacing', 'Border', 'Borders', 'ThemeColor', 'ActionConfig', 'CardAction',
]);
/** Sets of names, one id each: the test goes through all of their values. */
const SETS = ['ChatKitIcon', 'HeaderIcon', 'TranslatedLocale', 'SupportedLocale'] as const;
/** Kinds of the protocol: prefix of the ids, and the union whose members' `type` they are. */
const KINDS: readonly (readonly [prefix: string, union: string])[] = [
  ['operation', 'ChatKitReq'], ['event-kind', 'ThreadStreamEvent'], ['update-kind', 'ThreadItemUpdate'], ['item', 'ThreadItem'], ['task', 'Task'], ['source', 'Source'],
  ['question', 'StructuredInput'],
];
/** Kinds of which nothing but the kind reaches a client or a page. */
const BARE: ReadonlySet<string> = new Set(['operation', 'update-kind']);
/** Fields that say which thing it is, and fields whose parts are listed as kinds of their own. */
const SKIPPED: ReadonlySet<string> = new Set(['id', 'thread_id', 'created_at', 'type', 'item', 'item_id', 'update', 'thread', 'stream_options', 'workflow', 'task', 'widget', 'metadata']);
/** Other types of the protocol whose fields a client shows or follows. */
const SHAPES: readonly (readonly [prefix: string, type: string])[] = [
  ['annotation', 'Annotation'], ['workflow', 'Workflow'], ['thread', 'ThreadMetadata'], ['stream-options', 'StreamOptions'], ['upload', 'AttachmentUploadDescriptor'],
];

class Reader {
  readonly found: Inventory = {};

  /** Sets by their members, since a set that may be left out loses its name. */
  readonly #sets = new Map<string, string>();

  constructor(private readonly program: ts.Program, private readonly checker: ts.TypeChecker) {}

  nameSet(name: string, type: ts.Type): void {
    this.#sets.set(this.#key(type), name);
  }

  #key(type: ts.Type): string {
    return this.members(type).map((each) => this.checker.typeToString(each)).sort().join();
  }

  add(id: string, type?: ts.Type): void {
    if (id in this.found) return;
    const entry: Entry = {};
    if (type !== undefined) {
      const members = this.members(type);
      const literals = members.filter((each) => each.isStringLiteral() || each.isNumberLiteral());
      const open = members.filter((each) => (each.flags & ts.TypeFlags.TemplateLiteral) !== 0);
      entry.type = this.spell(type);
      if (literals.length > 0 && literals.length + open.length === members.length) entry.values = literals.map((each) => each.value).sort((a, b) => Number(a) - Number(b) || 0);
    }
    this.found[id] = entry;
  }

  members(type: ts.Type): ts.Type[] {
    const all = type.isUnion() ? type.types : [type];
    return all.filter((each) => (each.flags & ts.TypeFlags.Undefined) === 0);
  }

  /** As the types have it, on one line, without the `undefined` of what may be left out. */
  spell(type: ts.Type): string {
    const set = this.#sets.get(this.#key(type));
    if (set !== undefined) return set;
    if (type.aliasSymbol !== undefined && SHARED.has(type.aliasSymbol.name)) return type.aliasSymbol.name;
    const flags = (ts.TypeFormatFlags.NoTruncation | ts.TypeFormatFlags.UseSingleQuotesForStringLiteralType) as ts.TypeFormatFlags;
    const parts = this.members(type).map((each) => this.checker.typeToString(each, undefined, flags));
    const booleans = parts.includes('true') && parts.includes('false');
    return [...parts.filter((part) => !booleans || (part !== 'true' && part !== 'false')), ...(booleans ? ['boolean'] : [])].join(' | ').replace(/\s+/g, ' ');
  }

  props(type: ts.Type): ts.Symbol[] {
    return this.checker.getPropertiesOfType(type);
  }

  typeOf(symbol: ts.Symbol): ts.Type {
    return this.checker.getTypeOfSymbol(symbol);
  }

  /** An object whose fields are ids of their own: not a function, a list, a map or a named type of the platform. */
  isShape(type: ts.Type): boolean {
    if ((type.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection)) === 0 || type.getCallSignatures().length > 0) return false;
    if (this.checker.isArrayType(type) || this.checker.getIndexInfosOfType(type).length > 0) return false;
    // A component is listed where it is declared, not where it is a child.
    if (/^[A-Z]/.test(this.tag(type) ?? '')) return false;
    return !(type.symbol.declarations ?? []).some((each) => this.program.isSourceFileDefaultLibrary(each.getSourceFile()));
  }

  isShared(type: ts.Type): boolean {
    return type.aliasSymbol !== undefined && SHARED.has(type.aliasSymbol.name);
  }

  /** The literal that tells members of a union apart. */
  tag(type: ts.Type): string | undefined {
    const symbol = type.getProperty('type');
    const tag = symbol && this.typeOf(symbol);
    return tag?.isStringLiteral() === true ? tag.value : undefined;
  }

  /** A value: an id of its own unless it is only a place for others, and the ids below it. */
  value(id: string, type: ts.Type): void {
    const members = this.members(type);
    const shapes = members.filter((each) => this.isShape(each) && !this.isShared(type) && !this.isShared(each));
    const lists = members.filter((each) => this.checker.isArrayType(each));
    if (shapes.length === 0 || shapes.length < members.length) this.add(id, type);
    const tagged = shapes.length > 1 && shapes.every((each) => this.tag(each) !== undefined);
    for (const shape of shapes) this.fields(tagged ? `${id}.${this.tag(shape) ?? ''}` : id, shape, tagged);
    for (const list of lists) {
      const [element] = this.checker.getTypeArguments(list as ts.TypeReference);
      if (element !== undefined && this.isShape(element) && !this.isShared(element)) this.fields(`${id}[]`, element, false);
    }
  }

  fields(id: string, type: ts.Type, tagged: boolean): void {
    if (tagged) this.add(id);
    for (const symbol of this.props(type)) if (!(tagged && symbol.name === 'type')) this.value(`${id}.${symbol.name}`, this.typeOf(symbol));
  }
}

/** What a module declares, exported or not. */
function declared(checker: ts.TypeChecker, file: ts.SourceFile): Map<string, ts.Type> {
  const types = new Map<string, ts.Type>();
  file.forEachChild((node) => {
    if (ts.isTypeAliasDeclaration(node) || ts.isInterfaceDeclaration(node)) types.set(node.name.text, checker.getTypeAtLocation(node.name));
  });
  return types;
}

function readOptions(reader: Reader, types: ReadonlyMap<string, ts.Type>): void {
  for (const symbol of reader.props(must(types, 'ChatKitOptions'))) reader.value(`option:${symbol.name}`, reader.typeOf(symbol));
}

function readMethods(reader: Reader, types: ReadonlyMap<string, ts.Type>, checker: ts.TypeChecker): void {
  const declaration = must(types, 'OpenAIChatKit').symbol.declarations?.[0];
  if (declaration === undefined || !ts.isInterfaceDeclaration(declaration)) throw new Error('OpenAIChatKit is no interface any more');
  for (const member of declaration.members) {
    if (!ts.isMethodSignature(member) || !ts.isIdentifier(member.name)) continue;
    const id = `method:${member.name.text}`;
    reader.add(id);
    if (id.endsWith('EventListener')) continue;
    for (const parameter of member.parameters) {
      const type = checker.getTypeAtLocation(parameter);
      const name = parameter.name.getText();
      if (name === 'params') reader.fields(id, type, false);
      else if (name !== 'options') reader.value(`${id}.${name}`, type);
    }
  }
}

function readEvents(reader: Reader, types: ReadonlyMap<string, ts.Type>): void {
  for (const symbol of reader.props(must(types, 'ChatKitEvents'))) {
    const type = reader.typeOf(symbol);
    const detail = type.getProperty('detail');
    reader.add(`event:${symbol.name}`, detail && reader.typeOf(detail));
  }
}

function readWidgets(reader: Reader, types: ReadonlyMap<string, ts.Type>): void {
  const components = [...reader.members(must(types, 'WidgetRoot')), ...reader.members(must(types, 'WidgetComponent')), must(types, 'ListViewItem')];
  for (const component of components) {
    const name = reader.tag(component) ?? '';
    reader.add(`component:${name}`);
    for (const symbol of reader.props(component)) if (symbol.name !== 'type') reader.value(`field:${name}.${symbol.name}`, reader.typeOf(symbol));
  }
}

function readShared(reader: Reader, types: ReadonlyMap<string, ts.Type>): void {
  for (const name of SHARED) {
    const type = types.get(name);
    if (type === undefined) continue;
    const members = reader.members(type);
    const tagged = members.length > 1 && members.every((each) => reader.tag(each) !== undefined);
    for (const member of members) {
      const id = tagged ? `type:${name}.${reader.tag(member) ?? ''}` : `type:${name}`;
      reader.fields(id, member, tagged);
    }
  }
}

function readProtocol(reader: Reader, types: ReadonlyMap<string, ts.Type>): void {
  for (const [prefix, union] of KINDS) {
    for (const member of reader.members(must(types, union))) {
      const kind = reader.tag(member) ?? '';
      reader.add(`${prefix}:${kind}`);
      // Hidden items never leave the server.
      if (BARE.has(prefix) || kind.includes('hidden')) continue;
      for (const symbol of reader.props(member)) if (!SKIPPED.has(symbol.name)) reader.add(`${prefix}:${kind}.${symbol.name}`, reader.typeOf(symbol));
    }
  }
  for (const [prefix, name] of SHAPES) {
    for (const symbol of reader.props(must(types, name))) if (!SKIPPED.has(symbol.name)) reader.add(`${prefix}:${symbol.name}`, reader.typeOf(symbol));
  }
  for (const kind of ['ActiveStatus', 'LockedStatus', 'ClosedStatus']) reader.add(`status:${reader.tag(must(types, kind)) ?? ''}`);
  for (const summary of ['CustomSummary', 'DurationSummary']) {
    for (const symbol of reader.props(must(types, summary))) reader.add(`workflow:summary.${symbol.name}`, reader.typeOf(symbol));
  }
}

function must(types: ReadonlyMap<string, ts.Type>, name: string): ts.Type {
  const type = types.get(name);
  if (type === undefined) throw new Error(`there is no type ${name} any more`);
  return type;
}

/** Reads the inventory from the package's declarations and from the protocol's generated types. `web` is the folder. */
export function readInventory(web: string): { published: Inventory; protocol: Inventory } {
  const folder = `${web}/node_modules/@openai/chatkit/types`;
  const names = { index: `${folder}/index.d.ts`, widgets: `${folder}/widgets.d.ts`, protocol: `${web}/src/core/protocol.generated.ts` };
  const program = ts.createProgram(Object.values(names), {
    strict: true, target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler, lib: ['lib.es2023.d.ts', 'lib.dom.d.ts'], types: [], noEmit: true, skipLibCheck: true,
  });
  const checker = program.getTypeChecker();
  const typesIn = (name: string): Map<string, ts.Type> => {
    const file = program.getSourceFile(name);
    if (file === undefined) throw new Error(`${name} is missing: run npm ci`);
    return declared(checker, file);
  };
  const published = new Reader(program, checker);
  const [index, widgets] = [typesIn(names.index), typesIn(names.widgets)];
  for (const name of SETS) published.nameSet(name, must(index, name));
  published.nameSet('WidgetIcon', must(widgets, 'WidgetIcon'));
  readOptions(published, index);
  readMethods(published, index, checker);
  readEvents(published, index);
  readShared(published, index);
  for (const name of SETS) published.add(`type:${name}`, must(index, name));
  readWidgets(published, widgets);
  readShared(published, widgets);
  published.add('type:WidgetIcon', must(widgets, 'WidgetIcon'));
  const protocol = new Reader(program, checker);
  readProtocol(protocol, typesIn(names.protocol));
  return { published: published.found, protocol: protocol.found };
}
