import type { Node } from '@tribune/protocol';
import { TYPE } from '../../wire/codes';
import type { Name } from '../../wire/name';
import type { ResourceRecord } from '../../wire/record';

/** A node's metadata as TXT records (RFC 1464), or only the value when the key begins with `rfc1035-`. */
export function metaRecords(owner: Name, node: Node, ttl: number): ResourceRecord[] {
  return Object.entries(node.meta ?? {}).map(([key, value]) => {
    const text = key.startsWith(PLAIN_PREFIX) ? value : `${quoteKey(key)}=${value.replaceAll('`', '``')}`;
    return { owner, ttl, data: { type: TYPE.TXT, text } };
  });
}

const PLAIN_PREFIX = 'rfc1035-';

/** In a key, `=` and the grave accent are quoted by a grave accent, and so is white space at either end. */
function quoteKey(key: string): string {
  return key.replace(/[`=]|^[ \t]+|[ \t]+$/g, (match) => [...match].map((character) => `\`${character}`).join(''));
}
