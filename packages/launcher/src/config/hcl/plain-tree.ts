import { HclBlocks, type HclObject, type HclValue } from './parse-hcl';

export type PlainValue = string | number | boolean | null | readonly PlainValue[] | PlainObject;
export interface PlainObject {
  readonly [key: string]: PlainValue;
}

/**
 * The tree as JSON would have given it: a block is an object, or an element of a list where `isList(key)` says that
 * the key holds one. A block that is repeated where one is allowed stays a list, so that the decoder can refuse it.
 */
export function plainTree(object: HclObject, isList: (key: string) => boolean): PlainObject {
  const convert = (key: string, value: HclValue): PlainValue => {
    if (value instanceof HclBlocks) {
      const objects = value.objects.map((inner) => plainTree(inner, isList));
      return objects.length === 1 && !isList(key) ? objects[0]! : objects;
    }
    if (Array.isArray(value)) return value.map((element: HclValue) => convert('', element));
    return typeof value === 'object' ? plainTree(value as HclObject, isList) : value;
  };
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, convert(key, value)]));
}
