import { messageOf } from '@tribune/platform';
import type { KeyringResponse } from '@tribune/protocol';
import { KEY_QUERIES, decodeKeyAnswer, encodeKeyRequest, type KeyOperation } from '../serf/key-operations';
import type { PoolNode } from './pool-node';

export interface KeyringRequest {
  readonly operation: KeyOperation;
  /** base64. */
  readonly key: string;
  readonly relayFactor: number;
}

/** Runs a keyring operation on every member of a pool and counts the answers. */
export async function requestKeyring(
  pool: 'lan' | 'wan',
  node: PoolNode,
  { operation, key, relayFactor }: KeyringRequest,
): Promise<KeyringResponse> {
  const illegal = operation === 'list' ? undefined : illegalBase64At(key);
  if (illegal !== undefined) {
    const error = `illegal base64 data at input byte ${illegal}`;
    return { pool, messages: {}, keys: {}, primaryKeys: {}, numNodes: 0, error };
  }
  const messages: Record<string, string> = {};
  const keys: Record<string, number> = {};
  const primaryKeys: Record<string, number> = {};
  const numNodes = node.aliveCount;
  let answers = 0;
  let errors = 0;
  const responded = (from: string, payload: Uint8Array): void => {
    answers += 1;
    try {
      const answer = decodeKeyAnswer(payload);
      if (!answer.ok) errors += 1;
      if (answer.message !== '') messages[from] = answer.message;
      for (const known of answer.keys) keys[known] = (keys[known] ?? 0) + 1;
      if (answer.primaryKey !== '') primaryKeys[answer.primaryKey] = (primaryKeys[answer.primaryKey] ?? 0) + 1;
    } catch (error) {
      errors += 1;
      messages[from] = messageOf(error);
    }
  };
  const payload = encodeKeyRequest(Buffer.from(key, 'base64'));
  const query = { name: KEY_QUERIES[operation], payload, relayFactor };
  await node.query(query, { responded }, () => answers >= numNodes);
  return { pool, messages, keys, primaryKeys, numNodes, error: failure(numNodes, answers, errors) };
}

function failure(numNodes: number, answers: number, errors: number): string | undefined {
  if (errors > 0) return `${errors}/${numNodes} nodes reported failure`;
  return answers === numNodes ? undefined : `${answers}/${numNodes} nodes reported success`;
}

/** Where Go's base64 decoder stops, or undefined when the text is base64. */
function illegalBase64At(text: string): number | undefined {
  const [digits = ''] = /^[A-Za-z0-9+/]*/.exec(text)!;
  const rest = text.slice(digits.length);
  const isPadded = rest === '='.repeat((4 - (digits.length % 4)) % 4);
  if (isPadded && digits.length % 4 !== 1) return undefined;
  return rest === '' ? digits.length - (digits.length % 4) : digits.length;
}
