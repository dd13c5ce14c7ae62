import type { LocalState } from '@tribune/testkit';

const META = {
  non_voter: 'false',
  raft_version: '3',
  serf_protocol_current: '2',
  serf_protocol_max: '5',
  serf_protocol_min: '1',
  version: '1.8.7',
};
const ADDRESSES = { lan: '127.0.0.1', lan_ipv4: '127.0.0.1', wan: '127.0.0.1', wan_ipv4: '127.0.0.1' };

/** Puts a server's own node into the catalog as its leader does, and then as its anti-entropy completes it. */
export function seedOwnNode(state: LocalState, own: { readonly node: string; readonly id: string }): void {
  const node = { ...own, address: '127.0.0.1', datacenter: 'dc1' };
  state.apply({
    type: 'register',
    node: { ...node, taggedAddresses: null, meta: null },
    skipNodeUpdate: false,
    service: {
      id: 'consul',
      service: 'consul',
      kind: '',
      tags: [],
      address: '',
      port: 8300,
      taggedAddresses: null,
      meta: META,
      weights: { passing: 1, warning: 1 },
      enableTagOverride: false,
      proxy: null,
      connectNative: false,
    },
    checks: [
      {
        node: own.node,
        checkId: 'serfHealth',
        name: 'Serf Health Status',
        status: 'passing',
        notes: '',
        output: 'Agent alive and reachable',
        serviceId: '',
        serviceName: '',
        serviceTags: null,
        type: '',
        definition: {},
      },
    ],
  });
  const meta = { 'consul-network-segment': '' };
  state.apply({
    type: 'register',
    node: { ...node, taggedAddresses: ADDRESSES, meta },
    skipNodeUpdate: false,
    checks: [],
  });
}
