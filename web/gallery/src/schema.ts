/** The widget language, as the Python models define it. */
import raw from '../widgets.schema.json';

/** The part of JSON Schema that the models make use of. */
export interface Schema {
  $ref?: string;
  title?: string;
  description?: string;
  type?: string;
  const?: unknown;
  enum?: unknown[];
  format?: string;
  pattern?: string;
  default?: unknown;
  anyOf?: Schema[];
  oneOf?: Schema[];
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  discriminator?: { mapping: Record<string, string> };
}

const definitions = raw.$defs as Record<string, Schema>;

/** What a reference stands for. */
export function resolved(schema: Schema): Schema {
  const name = schema.$ref?.split('/').at(-1);
  return name === undefined ? schema : definitions[name] ?? {};
}

/** Components by what stands in `type`. Those without fields of their own are not among them. */
export const components: ReadonlyMap<string, Schema> = new Map(
  Object.values(definitions).flatMap((definition) => {
    const type = definition.properties?.type?.const;
    return typeof type === 'string' && definition.properties?.key !== undefined ? [[type, definition] as const] : [];
  }),
);

export const roots: readonly string[] = ['Card', 'ListView', 'Basic'];

/** The alternatives of a union, unions in it opened. */
export function alternatives(schema: Schema): Schema[] {
  const members = schema.anyOf ?? schema.oneOf;
  return members === undefined ? [resolved(schema)] : members.flatMap((member) => alternatives(member));
}

/** The definition that an object means: by its `type`, else by its fields. Undefined when none fits. */
export function chosen(schema: Schema, value: Record<string, unknown>): Schema | undefined {
  const all = alternatives(schema).filter((each) => each.properties !== undefined && !isDynamic(each));
  const byType = all.find(({ properties }) => properties?.type?.const !== undefined && properties.type.const === value.type);
  const known = ({ properties = {} }: Schema): number => Object.keys(value).filter((name) => name in properties).length;
  const open = all.filter(({ properties }) => properties?.type?.const === undefined);
  return byType ?? open.sort((one, other) => known(other) - known(one))[0];
}

/** Whether a definition is that of components known by their fields alone. */
export function isDynamic(schema: Schema): boolean {
  return schema.title?.startsWith('DynamicWidget') === true;
}

/** A schema in a few words: `string | number | Spacing`. */
export function spelled(schema: Schema): string {
  const all = alternatives(schema).map(spelledOne);
  const open = all.includes('string') && all.some((each) => each.startsWith('"')) ? all.filter((each) => each !== 'string') : all;
  const words = [...new Set(open)];
  return words.some((each) => each.startsWith('component')) ? 'component' : words.join(' | ');
}

function spelledOne(schema: Schema): string {
  if (schema.enum !== undefined) return schema.enum.map((each) => JSON.stringify(each)).join(' | ');
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.properties?.key !== undefined || isDynamic(schema)) return 'component';
  if (schema.properties !== undefined) return schema.title ?? 'object';
  if (schema.type === 'array') {
    const inner = spelled(schema.items ?? {});
    return inner.includes(' | ') ? `(${inner})[]` : `${inner}[]`;
  }
  if (schema.format === 'date-time') return 'date';
  if (schema.pattern !== undefined) return `"${schema.pattern.replace(/^\^/, '')}…"`;
  return schema.type === 'integer' ? 'number' : schema.type ?? 'any';
}
