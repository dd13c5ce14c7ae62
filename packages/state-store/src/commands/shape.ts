/**
 * Says what is wrong with a value that came as bytes: the path of the first field that is not what it must be, and
 * what it must be; undefined when all is well. Fields that a shape does not name are left alone.
 */
export type Shape = (value: unknown, path: string) => string | undefined;

/** Every command is looked at and nearly all are sound: a path is spelled out only where there is a flaw to report. */
const UNSPELLED = '';
const UNSIGNED64_END = 2n ** 64n;

const must =
  (what: string, holds: (value: unknown) => boolean): Shape =>
  (value, path) =>
    holds(value) ? undefined : `${path} must be ${what}`;

export const text = must('text', (value) => typeof value === 'string');
export const flag = must('true or false', (value) => typeof value === 'boolean');
export const number = must('a number', (value) => typeof value === 'number');
export const index = must('an index', (value) => Number.isSafeInteger(value) && (value as number) >= 0);
export const bytes = must('bytes', (value) => value instanceof Uint8Array);
export const unsigned64 = must(
  'an unsigned 64-bit integer',
  (value) => typeof value === 'bigint' && value >= 0n && value < UNSIGNED64_END,
);
/** Whatever JSON can say, in an object. */
export const jsonObject = must('an object', isObject);

export function oneOf(...values: readonly string[]): Shape {
  return must(`one of ${values.join(', ')}`, (value) => values.includes(value as string));
}

export function optional(shape: Shape): Shape {
  return (value, path) => (value === undefined ? undefined : shape(value, path));
}

export function nullable(shape: Shape): Shape {
  return (value, path) => (value === null ? undefined : shape(value, path));
}

export function listOf(shape: Shape): Shape {
  return (value, path) => {
    if (!Array.isArray(value)) return `${path} must be a list`;
    return first(value.keys(), (at) => shape(value[at], UNSPELLED) && shape(value[at], `${path}[${at}]`));
  };
}

export function mapOf(shape: Shape): Shape {
  return (value, path) => {
    if (!isObject(value)) return `${path} must be an object`;
    return first(Object.keys(value), (key) => shape(value[key], UNSPELLED) && shape(value[key], `${path}.${key}`));
  };
}

export function record(fields: Readonly<Record<string, Shape>>): Shape {
  const names = Object.keys(fields);
  const shapes = Object.values(fields);
  return (value, path) => {
    if (!isObject(value)) return `${path} must be an object`;
    for (let i = 0; i < names.length; i++) {
      const name = names[i]!;
      const shape = shapes[i]!;
      const flaw = shape(value[name], UNSPELLED) && shape(value[name], `${path}.${name}`);
      if (flaw !== undefined) return flaw;
    }
    return undefined;
  };
}

/** One of several records, told apart by the text in one field. */
export function tagged(field: string, shapes: Readonly<Record<string, Shape>>): Shape {
  const tag = oneOf(...Object.keys(shapes));
  return (value, path) => {
    if (!isObject(value)) return `${path} must be an object`;
    const flaw = tag(value[field], UNSPELLED) && tag(value[field], `${path}.${field}`);
    return flaw ?? shapes[value[field] as string]!(value, path);
  };
}

function first<T>(items: Iterable<T>, flawOf: (item: T) => string | undefined): string | undefined {
  for (const item of items) {
    const flaw = flawOf(item);
    if (flaw !== undefined) return flaw;
  }
  return undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
