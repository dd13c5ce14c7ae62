import type { KvEntry, Session } from '@tribune/protocol';
import { sessionChecks } from '../tables/sessions';
import type { Transaction } from '../transaction/transaction';
import type { Unindexed } from './command';
import { deleteEntry } from './kv-delete';
import { storeEntry } from './kv-set';
import type { Outcome } from './outcome';

/** Longer lock delays are cut to this (Consul: 60 s). */
const LOCK_DELAY_NS_MAX = 60e9;

export function applySessionCreate(txn: Transaction, session: Unindexed<Session>): Outcome {
  const message = invalidSession(txn, session);
  if (message) return { kind: 'error', message };
  txn.put('sessions', { ...session, createIndex: txn.index, modifyIndex: txn.index });
  txn.touch('sessions');
  return { kind: 'session', id: session.id };
}

export function applySessionDestroy(txn: Transaction, id: string): Outcome {
  destroySession(txn, id);
  return { kind: 'done', ok: true };
}

function invalidSession(txn: Transaction, session: Unindexed<Session>): string | undefined {
  if (session.id === '') return 'Missing session ID';
  if (session.behavior !== 'release' && session.behavior !== 'delete') {
    return `Invalid session behavior: ${String(session.behavior)}`;
  }
  if (!txn.read.nodes.get(session.node)) return 'Missing node registration';
  for (const id of sessionChecks(session)) {
    const check = txn.read.checks.get(session.node, id);
    if (!check) return `Missing check '${id}' registration`;
    if (check.status === 'critical') return `Check '${id}' is in critical state`;
  }
  return undefined;
}

/**
 * Ends a session, whatever the reason: its keys are released or deleted, and for the session's lock delay nobody can
 * lock them, so that a holder that does not know yet has time to notice.
 */
export function destroySession(txn: Transaction, id: string): void {
  const session = txn.read.sessions.get(id);
  if (!session) return;
  txn.remove('sessions', session);
  txn.touch('sessions');
  const delayNs = Math.min(session.lockDelayNs, LOCK_DELAY_NS_MAX);
  for (const entry of txn.read.kv.heldBy(session.id)) {
    if (session.behavior === 'delete') deleteEntry(txn, entry.key);
    else releaseEntry(txn, entry);
    if (delayNs > 0) txn.put('lockDelays', { key: entry.key, delayNs, createIndex: txn.index });
  }
}

function releaseEntry(txn: Transaction, entry: KvEntry): void {
  storeEntry(txn, entry, entry, { session: '', lockIndex: entry.lockIndex });
}
