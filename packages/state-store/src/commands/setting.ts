import type { Transaction } from '../transaction/transaction';
import type { SettingCommand } from './command';
import type { Outcome } from './outcome';

export function applySetting(txn: Transaction, { name, value, cas }: SettingCommand): Outcome {
  const existing = txn.read.settings.get(name);
  if (cas !== undefined && cas !== (existing?.modifyIndex ?? 0)) return { kind: 'done', ok: false };
  if (existing?.value === value) return { kind: 'done', ok: true };
  txn.put('settings', { name, value, createIndex: existing?.createIndex ?? txn.index, modifyIndex: txn.index });
  txn.touch('settings');
  return { kind: 'done', ok: true };
}
