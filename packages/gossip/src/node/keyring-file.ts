import { existsSync, readFileSync } from 'node:fs';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { CodedError } from '@tribune/platform';
import type { KeyStore } from '../serf/key-operations';
import { Keyring, keyProblem } from '../transport/keyring/keyring';

export class KeyringFileError extends CodedError<{ code: 'GOSSIP_KEYRING_INVALID'; path: string }> {}

/**
 * The keyring of a pool: from its file (a JSON list of base64 keys, the primary first, as serf and Consul keep it), or
 * from the configured key. Undefined: the pool is not encrypted.
 */
export function loadKeyring(path: string | undefined, encryptKey: string | undefined): Keyring | undefined {
  if (path !== undefined && existsSync(path)) return new Keyring(readKeys(path));
  if (encryptKey === undefined) return undefined;
  const keyring = new Keyring([Buffer.from(encryptKey, 'base64')]);
  if (path !== undefined) writeKeys(path, keyring);
  return keyring;
}

function readKeys(path: string): Buffer[] {
  const invalid = (reason: string, cause?: unknown): Error =>
    new KeyringFileError({ code: 'GOSSIP_KEYRING_INVALID', path }, `${path}: ${reason}`, { cause });
  let list: unknown;
  try {
    list = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw invalid('not JSON', error);
  }
  if (!Array.isArray(list) || list.length === 0) throw invalid('not a list of keys');
  const keys = list.map((key) => Buffer.from(String(key), 'base64'));
  const problem = keys.map(keyProblem).find((found) => found !== undefined);
  if (problem !== undefined) throw invalid(problem);
  return keys;
}

// Synchronous and small: the answer to the operation must not be sent before the file holds its result.
function writeKeys(path: string, keyring: Keyring): void {
  mkdirSync(dirname(path), { recursive: true });
  const text = JSON.stringify(
    keyring.keys.map((key) => key.toString('base64')),
    undefined,
    2,
  );
  writeFileSync(`${path}.tmp`, text, { mode: 0o600 });
  renameSync(`${path}.tmp`, path);
}

/** What cluster-wide operations change. */
export function keyStore(keyring: Keyring, path: string | undefined): KeyStore {
  return {
    list: () => ({
      keys: keyring.keys.map((key) => key.toString('base64')),
      primaryKey: keyring.primary.toString('base64'),
    }),
    apply: (operation, key) => {
      const apply = { install: keyring.add, use: keyring.use, remove: keyring.remove }[operation];
      const problem = apply.call(keyring, key);
      if (problem === undefined && path !== undefined) writeKeys(path, keyring);
      return problem;
    },
  };
}
