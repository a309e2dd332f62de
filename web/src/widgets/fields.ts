/** The fields of a component of the page's own, as its schema has them. Pure. */
import type { FieldSchema, FieldSchemas } from '../core/own-renderers';
import { isRecord } from '../core/validate';

/** What is said about a field that is not as it should be. */
export type Tell = (path: string, expected: string) => void;

type Check = (value: unknown, schema: FieldSchema, path: string, tell: Tell) => unknown;

/** Stands for a value that is not as it should be. */
const wrong = Symbol();

const kinds: Readonly<Record<NonNullable<FieldSchema['type']>, Check>> = {
  string: (value) => (typeof value === 'string' ? value : wrong),
  number: (value, schema) => (typeof value === 'number' && Number.isFinite(value) && within(value, schema) ? value : wrong),
  integer: (value, schema) => (Number.isInteger(value) && within(value as number, schema) ? value : wrong),
  boolean: (value) => (typeof value === 'boolean' ? value : wrong),
  array: (value, { items }, path, tell) => {
    if (!Array.isArray(value)) return wrong;
    // What is wrong in a list is left out; the rest is there.
    return items === undefined ? (value as unknown[]) : value.map((each, at) => checked(each, items, `${path}[${at}]`, tell)).filter((each) => each !== wrong);
  },
  object: (value, { properties }, path, tell) => {
    if (!isRecord(value)) return wrong;
    return properties === undefined ? value : fieldsOf(value, properties, tell, `${path}.`) ?? wrong;
  },
};

function within(value: number, { minimum = -Infinity, maximum = Infinity }: FieldSchema): boolean {
  return value >= minimum && value <= maximum;
}

function checked(value: unknown, schema: FieldSchema, path: string, tell: Tell): unknown {
  const { type, enum: allowed } = schema;
  let result = value;
  if (type !== undefined) result = kinds[type](value, schema, path, tell);
  if (result !== wrong && allowed !== undefined && !(allowed as readonly unknown[]).includes(result)) result = wrong;
  if (result === wrong) tell(path, expected(schema));
  return result;
}

function expected({ type, enum: allowed, minimum, maximum }: FieldSchema): string {
  if (allowed !== undefined) return `one of ${allowed.map((each) => JSON.stringify(each)).join(', ')}`;
  const bounds = [minimum === undefined ? '' : ` from ${minimum}`, maximum === undefined ? '' : ` to ${maximum}`].join('');
  return `${type ?? 'something'}${bounds}`;
}

/**
 * The fields that the schema names, with its defaults; null when a required one is missing or not as it should be. What else
 * is not as it should be is told and left out.
 */
export function fieldsOf(given: Readonly<Record<string, unknown>>, schemas: FieldSchemas, tell: Tell, path = ''): Record<string, unknown> | null {
  const fields: Record<string, unknown> = {};
  let complete = true;
  for (const [name, schema] of Object.entries(schemas)) {
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    const known = value == null ? wrong : checked(value, schema, path + name, tell);
    if (known !== wrong) fields[name] = known;
    else if (schema.default !== undefined) fields[name] = schema.default;
    else if (schema.required === true) {
      if (value == null) tell(path + name, expected(schema));
      complete = false;
    }
  }
  return complete ? fields : null;
}
