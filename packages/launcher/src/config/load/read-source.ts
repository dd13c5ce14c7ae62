import { HclError } from '../hcl/hcl-error';
import { parseHcl } from '../hcl/parse-hcl';
import { plainTree, type PlainObject } from '../hcl/plain-tree';
import { isObject } from '../schema/kinds';
import { messageOf } from '@tribune/platform';

export type SourceFormat = 'hcl' | 'json';

/** Text that holds configuration, and where it came from (a path, or `-hcl`). */
export interface Source {
  readonly name: string;
  readonly format: SourceFormat;
  readonly text: string;
}

/** Keys under which a block is one element of a list, whatever object they stand in. */
const LIST_KEYS: ReadonlySet<string> = new Set([
  'services',
  'checks',
  'watches',
  'segments',
  'upstreams',
  'bootstrap',
  'paths',
  'add_headers',
  'managed_service_provider',
]);

/** The tree that the source spells, or the sentence that says why it is none. */
export function readSource({ format, text }: Source): { readonly tree: PlainObject } | { readonly problem: string } {
  // As hashicorp/hcl does, a brace at the start means JSON, whatever the file is called.
  if (format === 'json' || /^\s*\{/.test(text)) return readJson(text);
  try {
    return { tree: plainTree(parseHcl(text), (key) => LIST_KEYS.has(key)) };
  } catch (thrown) {
    if (thrown instanceof HclError) return { problem: `invalid HCL: ${thrown.message}` };
    throw thrown;
  }
}

function readJson(text: string): { readonly tree: PlainObject } | { readonly problem: string } {
  // Nothing is nothing wrong, as in Consul: a file may be there to be written later.
  if (text.trim() === '') return { tree: {} };
  try {
    const tree: unknown = JSON.parse(text) ?? {};
    return isObject(tree) ? { tree } : { problem: 'invalid JSON: expected an object' };
  } catch (thrown) {
    return { problem: `invalid JSON: ${messageOf(thrown)}` };
  }
}
