import type { KeyringResponse } from '@tribune/protocol';

/** Messages only where a member had something to say. */
export function keyringRowJson(response: KeyringResponse, datacenter: string): Record<string, unknown> {
  const { pool, messages, keys, primaryKeys, numNodes } = response;
  return {
    WAN: pool === 'wan',
    Datacenter: datacenter,
    Segment: '',
    ...(Object.keys(messages).length === 0 ? {} : { Messages: messages }),
    Keys: keys,
    PrimaryKeys: primaryKeys,
    NumNodes: numNodes,
  };
}

/** One sentence per pool that failed, followed by what its members said. */
export function keyringProblems(responses: readonly KeyringResponse[], datacenter: string): string[] {
  return responses.flatMap(({ pool, error, messages }) => {
    if (error === undefined) return [];
    const name = pool === 'wan' ? 'WAN' : `${datacenter} (LAN)`;
    const said = Object.entries(messages).map(([member, message]) => `${member}: ${message}`);
    return [`${name} error: ${error}`, ...said];
  });
}
