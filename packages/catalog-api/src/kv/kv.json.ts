import type { KvEntry } from '@tribune/protocol';
import { encodeJson, writeIndented } from '../json/go-json';

/** `Value` is null when empty and `Session` absent when unlocked, as Go prints a nil slice and an empty string. */
export function kvEntryJson(entry: KvEntry): Record<string, unknown> {
  return {
    LockIndex: entry.lockIndex,
    Key: entry.key,
    Flags: entry.flags,
    Value: entry.value.length === 0 ? null : base64(entry.value),
    Session: entry.session === '' ? undefined : entry.session,
    CreateIndex: entry.createIndex,
    ModifyIndex: entry.modifyIndex,
  };
}

function base64(value: Uint8Array): string {
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64');
}

/** Not remembered beside the row, unlike catalog rows: a value may be half a megabyte. */
export function encodeKvEntry(entry: KvEntry, pretty: boolean): string {
  return pretty ? writeIndented(kvEntryJson(entry), '\n    ') : encodeJson(kvEntryJson(entry), false);
}
