import type { Transaction } from '../transaction/transaction';
import type { KvEffect } from './kv-effect';
import { storeEntry, type KvWrite } from './kv-set';
import { quote } from './quote';
import { malformedUuid } from './uuid';

/**
 * Takes the key for a session. Acquiring anew raises `lockIndex`, which together with the key and session fences off
 * earlier holders; the holder itself may write through `lock` without raising it.
 */
export function lockEntry(txn: Transaction, write: KvWrite, session: string): KvEffect {
  if (txn.read.lockDelays.get(write.key)) return { kind: 'refused' };
  if (session === '') return { kind: 'error', message: 'missing session' };
  const malformed = malformedUuid(session);
  if (malformed) return { kind: 'error', message: `failed session lookup: ${malformed}` };
  const holder = txn.read.sessions.get(session)?.id;
  if (holder === undefined) return { kind: 'error', message: `invalid session ${quote(session)}` };

  const existing = txn.read.kv.get(write.key);
  if (existing?.session === holder) return stored(existing.lockIndex);
  if (existing && existing.session !== '') return { kind: 'refused' };
  return stored((existing?.lockIndex ?? 0) + 1);

  function stored(lockIndex: number): KvEffect {
    return { kind: 'done', entry: storeEntry(txn, existing, write, { session: holder!, lockIndex }) };
  }
}

export function unlockEntry(txn: Transaction, write: KvWrite, session: string): KvEffect {
  if (session === '') return { kind: 'error', message: 'missing session' };
  const existing = txn.read.kv.get(write.key);
  if (!existing || existing.session.toLowerCase() !== session.toLowerCase()) return { kind: 'refused' };
  return { kind: 'done', entry: storeEntry(txn, existing, write, { session: '', lockIndex: existing.lockIndex }) };
}
