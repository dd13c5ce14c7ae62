import { PROFILES } from '@tribune/gossip';
import { parseFlags } from '../../config/load/flags';
import { loadConfig } from '../../config/load-config';
import { gossipOptionsOf } from './gossip-options';

const machine = { hostName: () => 'host-1', interfaces: () => [] };

/** The LAN pool's profile and knobs of an agent with this configuration. */
function lan(hcl: string) {
  const config = loadConfig(parseFlags(['-data-dir=/d', '-bind=127.0.0.1', '-hcl', hcl]), machine);
  const { profile, overrides } = gossipOptionsOf(config, { nodeId: 'id', dataPath: '/d' }).lan;
  return { profile, knobs: { ...PROFILES[profile], ...overrides } };
}

test('without a word about it the LAN pool is brisk', () => {
  expect(lan('')).toEqual({ profile: 'brisk', knobs: PROFILES.brisk });
});

test('with the probes of Consul it is as Consul’s', () => {
  const given = 'gossip_lan { probe_interval = "1s" probe_timeout = "500ms" }';
  expect(lan(given)).toEqual({ profile: 'lan', knobs: PROFILES.lan });
});

test('with a pace of its own it has the rest of Consul’s profile', () => {
  const given = 'gossip_lan { probe_interval = "2s" probe_timeout = "500ms" }';
  expect(lan(given)).toEqual({ profile: 'lan', knobs: { ...PROFILES.lan, probeIntervalMs: 2000 } });
});

test.each([
  ['gossip_nodes = 5', { gossipNodes: 5 }],
  ['gossip_interval = "100ms"', { gossipIntervalMs: 100 }],
  ['suspicion_mult = 6', { suspicionMult: 6 }],
  ['retransmit_mult = 5', { retransmitMult: 5 }],
  ['probe_timeout = "300ms"', { probeTimeoutMs: 300 }],
])('a knob that is set counts, and only that: %s', (knob, expected) => {
  expect(lan(`gossip_lan { ${knob} }`).knobs).toEqual({ ...PROFILES.brisk, ...expected });
});
