import { messageOf } from '@tribune/platform';
import type { KeyringResponse } from '@tribune/protocol';
import { KEY_QUERIES, decodeKeyAnswer, encodeKeyRequest, type KeyOperation } from '../serf/key-operations';
import type { PoolNode } from './pool-node';

/** Runs a keyring operation on every member of a pool and counts the answers. */
export async function requestKeyring(
  pool: 'lan' | 'wan',
  node: PoolNode,
  operation: KeyOperation,
  key: string,
): Promise<KeyringResponse> {
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
  await node.query({ name: KEY_QUERIES[operation], payload }, { responded }, () => answers >= numNodes);
  return { pool, messages, keys, primaryKeys, numNodes, error: failure(numNodes, answers, errors) };
}

function failure(numNodes: number, answers: number, errors: number): string | undefined {
  if (errors > 0) return `${errors}/${numNodes} nodes reported failure`;
  return answers === numNodes ? undefined : `${answers}/${numNodes} nodes reported success`;
}
