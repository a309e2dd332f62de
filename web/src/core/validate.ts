/** Small validators: each takes a value and its path, and throws an `Error` that names the path and what was expected. */

export interface Problems {
  /** Told about keys nobody knows: from a newer page, or misspelt. They are ignored. */
  unknownKey(path: string, known: readonly string[]): void;
}

export type Validator = (value: unknown, path: string, problems: Problems) => void;

function fail(path: string, expected: string, value: unknown): never {
  throw new Error(`ChatKit option "${path}" must be ${expected}, got ${describe(value)}.`);
}

function describe(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? value.slice(0, 57) + '…' : value);
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value === 'object') return 'an object';
  return value === undefined ? 'nothing' : `a ${typeof value}`;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export const string: Validator = (value, path) => {
  if (typeof value !== 'string') fail(path, 'a string', value);
};
export const text: Validator = (value, path) => {
  if (typeof value !== 'string' || value === '') fail(path, 'a non-empty string', value);
};
export const boolean: Validator = (value, path) => {
  if (typeof value !== 'boolean') fail(path, 'true or false', value);
};
export const callback: Validator = (value, path) => {
  if (typeof value !== 'function') fail(path, 'a function', value);
};
export const anything: Validator = () => undefined;

export function number(min = -Infinity, max = Infinity): Validator {
  const range = Number.isFinite(max) ? ` from ${min} to ${max}` : Number.isFinite(min) ? ` of at least ${min}` : '';
  return (value, path) => {
    if (typeof value !== 'number' || !(value >= min && value <= max)) fail(path, `a number${range}`, value);
  };
}

export function oneOf(...allowed: readonly (string | number)[]): Validator {
  const expected = `one of ${allowed.map((each) => JSON.stringify(each)).join(', ')}`;
  return (value, path) => {
    if (!allowed.includes(value as string | number)) fail(path, expected, value);
  };
}

export function nullable(inner: Validator): Validator {
  return (value, path, problems) => {
    if (value !== null) inner(value, path, problems);
  };
}

export function list(inner: Validator): Validator {
  return (value, path, problems) => {
    if (!Array.isArray(value)) fail(path, 'an array', value);
    for (const [at, each] of value.entries()) inner(each, `${path}[${at}]`, problems);
  };
}

export function mapOf(inner: Validator): Validator {
  return (value, path, problems) => {
    if (!isRecord(value)) fail(path, 'an object', value);
    for (const [key, each] of Object.entries(value)) inner(each, `${path}["${key}"]`, problems);
  };
}

/** Takes what one of the branches takes; `expected` says it in words. A branch is tried when its test holds. */
export function either(expected: string, ...branches: readonly (readonly [test: (value: unknown) => boolean, validator: Validator])[]): Validator {
  return (value, path, problems) => {
    const branch = branches.find(([test]) => test(value));
    if (branch === undefined) fail(path, expected, value);
    branch[1](value, path, problems);
  };
}

/** An object with required and optional keys. A key that is `undefined` counts as absent. */
export function shape(required: Readonly<Record<string, Validator>>, optional: Readonly<Record<string, Validator>> = {}): Validator {
  const known = [...Object.keys(required), ...Object.keys(optional)];
  return (value, path, problems) => {
    if (!isRecord(value)) fail(path, 'an object', value);
    const at = (key: string): string => (path === '' ? key : `${path}.${key}`);
    for (const [key, validator] of Object.entries(required)) validator(value[key], at(key), problems);
    for (const [key, validator] of Object.entries(optional)) if (value[key] !== undefined) validator(value[key], at(key), problems);
    for (const key of Object.keys(value)) if (!known.includes(key)) problems.unknownKey(at(key), known);
  };
}
