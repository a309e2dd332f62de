/** Writes the Python that builds a widget, laid out as the usual formatters would. */
import { alternatives, chosen, components, isDynamic, type Schema } from './schema';

type Fields = Record<string, unknown>;

/** What is written: a text, or something in brackets that may be broken into lines. */
type Expression = string | { open: string; close: string; entries: { head: string; value: Expression }[] };

const WIDTH = 88;
const INDENT = '    ';

/** A module that ends with `widget`, the root. */
export function pythonOf(widget: Fields): string {
  const writer = new Writer();
  const value = written(writer.component(widget), 0, 'widget = '.length);
  const { imports } = writer;
  const from = (module: string, names: Iterable<string>): string[] => {
    const sorted = [...names].sort();
    if (sorted.length === 0) return [];
    const line = `from ${module} import ${sorted.join(', ')}`;
    return [line.length <= WIDTH ? line : `from ${module} import (\n${sorted.map((name) => `${INDENT}${name},\n`).join('')})`];
  };
  const standard = from('datetime', imports.dates);
  const own = [...from('chatkit.actions', imports.actions), ...from('chatkit.widgets', imports.widgets)];
  return `${[standard, own].filter((group) => group.length > 0).map((group) => group.join('\n')).join('\n\n')}\n\nwidget = ${value}\n`;
}

class Writer {
  readonly imports = { dates: new Set<string>(), actions: new Set<string>(), widgets: new Set<string>() };

  /** A component by its class; one without a class, or below a `Basic` root, by its type. */
  component(fields: Fields, dynamic = false): Expression {
    const definition = dynamic ? undefined : components.get(String(fields.type));
    const name = definition?.title ?? 'DynamicWidgetComponent';
    this.imports.widgets.add(name);
    const below = name === 'BasicRoot' || definition === undefined;
    const entries = Object.entries(fields).filter(([key, value]) => value !== null && (key !== 'type' || definition === undefined));
    return call(name, entries.map(([key, value]) => [key, below && key === 'children' ? this.#children(value) : this.#value(value, definition?.properties?.[key] ?? {})]));
  }

  #children(value: unknown): Expression {
    return Array.isArray(value) ? list(value.map((each) => this.component(each as Fields, true))) : this.component(value as Fields, true);
  }

  #value(value: unknown, schema: Schema): Expression {
    const all = alternatives(schema);
    if (Array.isArray(value)) {
      const items = all.find(({ type }) => type === 'array')?.items ?? {};
      return list(value.map((each) => this.#value(each, items)));
    }
    if (typeof value === 'object' && value !== null) return this.#object(value as Fields, schema, all);
    if (typeof value === 'string' && all.some(({ format }) => format === 'date-time')) return this.#date(value);
    return literal(value);
  }

  #object(value: Fields, schema: Schema, all: readonly Schema[]): Expression {
    if (all.some((each) => each.properties?.key !== undefined || isDynamic(each))) return this.component(value);
    const definition = chosen(schema, value);
    const inner = definition?.properties ?? {};
    const entries = Object.entries(value).filter(([key]) => inner[key]?.const === undefined)
      .map(([key, each]): [string, Expression] => [key, this.#value(each, inner[key] ?? {})]);
    if (definition?.title === 'ActionConfig') {
      this.imports.actions.add('ActionConfig');
      return call('ActionConfig', entries);
    }
    if (definition?.title?.endsWith('Series') === true) {
      this.imports.widgets.add(definition.title);
      return call(definition.title, entries);
    }
    return dict(entries);
  }

  #date(text: string): Expression {
    const parts = /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d))?)?(Z|\+00:00)?$/.exec(text);
    this.imports.dates.add('datetime');
    if (parts === null) return `datetime.fromisoformat(${literal(text)})`;
    const numbers = parts.slice(1, 7).filter((part: string | undefined) => part !== undefined).map(Number);
    while (numbers.length > 3 && numbers.at(-1) === 0) numbers.pop();
    if (parts[7] !== undefined) this.imports.dates.add('UTC');
    return `datetime(${numbers.join(', ')}${parts[7] === undefined ? '' : ', tzinfo=UTC'})`;
  }
}

function call(name: string, entries: readonly (readonly [string, Expression])[]): Expression {
  return { open: `${name}(`, close: ')', entries: entries.map(([key, value]) => ({ head: `${key}=`, value })) };
}

function dict(entries: readonly (readonly [string, Expression])[]): Expression {
  return { open: '{', close: '}', entries: entries.map(([key, value]) => ({ head: `${literal(key)}: `, value })) };
}

function list(values: readonly Expression[]): Expression {
  return { open: '[', close: ']', entries: values.map((value) => ({ head: '', value })) };
}

function literal(value: unknown): string {
  if (value === true) return 'True';
  if (value === false) return 'False';
  if (value === null || value === undefined) return 'None';
  if (typeof value !== 'string') return JSON.stringify(value);
  const text = JSON.stringify(value);
  // The formatters prefer the quotes that need no backslash.
  const inner = value.includes('"') && !value.includes("'") ? `'${text.slice(1, -1).replaceAll('\\"', '"')}'` : text;
  return inner;
}

function flat(expression: Expression): string {
  if (typeof expression === 'string') return expression;
  return expression.open + expression.entries.map(({ head, value }) => head + flat(value)).join(', ') + expression.close;
}

/** On one line if that ends before the edge, else one entry to a line. `used`: what stands before and after it on its line. */
function written(expression: Expression, depth: number, used: number): string {
  const one = flat(expression);
  if (typeof expression === 'string' || expression.entries.length === 0 || used + one.length <= WIDTH) return one;
  const indent = INDENT.repeat(depth + 1);
  const lines = expression.entries.map(({ head, value }) => `${indent}${head}${written(value, depth + 1, indent.length + head.length + 1)},\n`);
  return `${expression.open}\n${lines.join('')}${INDENT.repeat(depth)}${expression.close}`;
}
