import type { KvEntry } from '@tribune/protocol';
import { kvGet, kvKeys, kvList, type KvOperation, type ReadTables } from '@tribune/state-store';
import type { Evaluated } from '../answers/content';
import type { Writes } from '../answers/writes';
import { encodeString } from '../json/go-json';
import { encodeKvEntry, kvEntryJson } from './kv.json';

/** Headers of `?raw`: what a browser must not run. */
const RAW_HEADERS: readonly string[] = [
  'Content-Type',
  'text/plain',
  'X-Content-Type-Options',
  'nosniff',
  'Content-Security-Policy',
  'sandbox',
];

/** Keys and values: what is read and written, in domain terms. */
export class KvService {
  constructor(private readonly writes: Writes) {}

  entry(tables: ReadTables, key: string): Evaluated {
    const { index, watch, value } = kvGet(tables, key);
    return { index, watch, content: value ? { kind: 'json', value: [kvEntryJson(value)] } : { kind: 'notFound' } };
  }

  raw(tables: ReadTables, key: string): Evaluated {
    const { index, watch, value } = kvGet(tables, key);
    return {
      index,
      watch,
      content: value ? { kind: 'raw', bytes: bytesOf(value), headers: RAW_HEADERS } : { kind: 'notFound' },
    };
  }

  list(tables: ReadTables, prefix: string): Evaluated {
    const { index, watch, value } = kvList(tables, prefix);
    const content = value.length > 0 ? ({ kind: 'list', rows: value, encode: encodeKvEntry } as const) : NOT_FOUND;
    return { index, watch, content };
  }

  /** No keys: `[]` for the whole store, 404 below a prefix. */
  keys(tables: ReadTables, prefix: string, separator: string): Evaluated {
    const { index, watch, value } = kvKeys(tables, prefix, separator);
    if (value.length === 0 && prefix !== '') return { index, watch, content: NOT_FOUND };
    return { index, watch, content: { kind: 'list', rows: value, encode: encodeString } };
  }

  write(operation: KvOperation): Promise<boolean> {
    return this.writes.ask({ type: 'kv', operation });
  }
}

const NOT_FOUND = { kind: 'notFound' } as const;

function bytesOf(entry: KvEntry): Buffer {
  return Buffer.from(entry.value.buffer, entry.value.byteOffset, entry.value.byteLength);
}
