/** Says what is wrong with a widget, as the Python models would, and what they would let pass without a word. */
import { alternatives, chosen, components, isDynamic, roots, spelled, type Schema } from './schema';

export interface Problem {
  /** Where, for people: `children[2].label`. Empty for the whole. */
  path: string;
  message: string;
  /** A warning is ignored by the renderer, an error is refused by the server. */
  level: 'error' | 'warning';
}

type Fields = Record<string, unknown>;

export function checkWidget(value: unknown): Problem[] {
  if (!isFields(value)) return [error('', 'A widget is an object: { "type": "Card", "children": [] }')];
  if (!roots.includes(value.type as string)) return [error('type', `The outermost component is one of ${roots.join(', ')}.`)];
  return checkComponent(value, '');
}

function checkComponent(value: Fields, path: string): Problem[] {
  const definition = typeof value.type === 'string' ? components.get(value.type) : undefined;
  if (definition === undefined) return [warning(join(path, 'type'), `There is no component “${String(value.type)}”${nearest(value.type, [...components.keys()])}. It is not drawn.`)];
  // What a widget without a frame takes is left open.
  return checkObject(value, definition, path, value.type === 'Basic' ? null : String(value.type));
}

/** `named`: what to call the object when it has fields that nobody knows; null when it may have any. */
function checkObject(value: Fields, definition: Schema, path: string, named: string | null): Problem[] {
  const fields = definition.properties ?? {};
  const missing = (definition.required ?? []).filter((name) => value[name] === undefined)
    .map((name) => error(path, `${named ?? 'This'} needs “${name}” (${spelled(fields[name] ?? {})}).`));
  const present = Object.entries(value).flatMap(([name, each]) => {
    const field = fields[name];
    if (field !== undefined) return each === null ? [] : checkValue(each, field, join(path, name));
    if (named === null) return name === 'children' ? checkChildren(each, join(path, name)) : [];
    return [warning(join(path, name), `${named} has no field “${name}”${nearest(name, Object.keys(fields))}. It is ignored.`)];
  });
  return [...missing, ...present];
}

function checkChildren(value: unknown, path: string): Problem[] {
  return (Array.isArray(value) ? value : [value]).flatMap((each, at) => (isFields(each) ? checkComponent(each, `${path}[${at}]`) : []));
}

function checkValue(value: unknown, schema: Schema, path: string): Problem[] {
  const all = alternatives(schema);
  if (Array.isArray(value)) {
    const list = all.find(({ type }) => type === 'array');
    return list === undefined ? [mismatch(schema, path)] : value.flatMap((each, at) => checkValue(each, list.items ?? {}, `${path}[${at}]`));
  }
  if (isFields(value)) return checkFields(value, schema, path);
  return all.some((each) => allows(each, value)) ? [] : [mismatch(schema, path)];
}

function checkFields(value: Fields, schema: Schema, path: string): Problem[] {
  const all = alternatives(schema);
  if (all.some((each) => each.properties?.key !== undefined || isDynamic(each))) return componentAt(value, all, path);
  const open = all.find((each) => each.properties === undefined && (each.type === 'object' || each.type === undefined));
  const definition = chosen(schema, value);
  if (definition === undefined) {
    if (open === undefined) return [mismatch(schema, path)];
    const { additionalProperties: inner } = open;
    return isFields(inner) ? Object.entries(value).flatMap(([name, each]) => checkValue(each, inner, join(path, name))) : [];
  }
  return checkObject(value, definition, path, definition.title ?? 'This');
}

/** A component where only some may stand, such as the rows of a list. */
function componentAt(value: Fields, all: readonly Schema[], path: string): Problem[] {
  const fitting = all.some((each) => isDynamic(each) || each.properties?.type?.const === value.type);
  if (fitting || !components.has(String(value.type))) return checkComponent(value, path);
  const names = all.map((each) => each.title).join(', ');
  return [error(path, `Here only ${names} may stand.`)];
}

function allows(schema: Schema, value: unknown): boolean {
  if (schema.const !== undefined) return schema.const === value;
  if (schema.enum !== undefined) return schema.enum.includes(value);
  switch (schema.type) {
    case 'string':
      return typeof value === 'string' && (schema.pattern === undefined || new RegExp(schema.pattern).test(value))
        && (schema.format !== 'date-time' || !Number.isNaN(Date.parse(value)));
    case 'integer':
      return Number.isInteger(value);
    case 'number':
      return typeof value === 'number';
    case 'boolean':
      return typeof value === 'boolean';
    case 'null':
      return value === null;
    default:
      return schema.type === undefined && schema.properties === undefined;
  }
}

// --- in words ----------------------------------------------------------------------------------------------------------

function mismatch(schema: Schema, path: string): Problem {
  const words = spelled(schema);
  return error(path, `Expected ${words.length > 160 ? `${words.slice(0, 160)}…` : words}.`);
}

function nearest(given: unknown, known: readonly string[]): string {
  if (typeof given !== 'string') return '';
  const close = known.find((each) => each.toLowerCase() === given.toLowerCase()) ?? known.find((each) => distance(each.toLowerCase(), given.toLowerCase()) <= 2);
  return close === undefined ? '' : `; did you mean “${close}”?`;
}

/** How many letters have to be put in, taken out or changed. */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (const [at, letter] of Array.from(one).entries()) {
    const next = [at + 1];
    for (const [to, target] of Array.from(other).entries()) {
      next.push(Math.min((row[to + 1] ?? 0) + 1, (next[to] ?? 0) + 1, (row[to] ?? 0) + (letter === target ? 0 : 1)));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}

function error(path: string, message: string): Problem {
  return { path, message, level: 'error' };
}

function warning(path: string, message: string): Problem {
  return { path, message, level: 'warning' };
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
