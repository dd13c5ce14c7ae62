import { parseFlags } from '../../config/load/flags';
import { loadConfig } from '../../config/load-config';
import { debugConfigOf } from './debug-config';

const machine = { hostName: () => 'host-1', interfaces: () => [] };
const shown = (...argv: string[]) => debugConfigOf(loadConfig(parseFlags(argv), machine));

test('the configuration bears the names that clients of Consul look for', () => {
  expect(shown('-dev', '-http-port=18500', '-hcl', 'node_meta { rack = "r1" } retry_join = ["a"]')).toMatchObject({
    BindAddr: '127.0.0.1',
    CheckUpdateInterval: '5m0s',
    DNSAddrs: ['tcp://127.0.0.1:8600', 'udp://127.0.0.1:8600'],
    GRPCPort: 8502,
    GossipLANProbeInterval: '100ms',
    HTTPAddrs: ['tcp://127.0.0.1:18500'],
    HTTPSPort: -1,
    NodeMeta: { rack: 'r1' },
    RetryJoinLAN: ['a'],
    SerfAdvertiseAddrLAN: 'tcp://127.0.0.1:8301',
    SerfBindAddrWAN: 'tcp://127.0.0.1:8302',
    ServerPort: 8300,
    TaggedAddresses: { lan: '127.0.0.1', lan_ipv4: '127.0.0.1' },
  });
});

test('no secret is shown', () => {
  const key = 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=';
  const config = shown('-data-dir=/d', '-bind=127.0.0.1', `-encrypt=${key}`);
  expect(JSON.stringify(config)).not.toContain(key);
  expect(config).toMatchObject({ EncryptKey: 'hidden', SerfAdvertiseAddrWAN: '', SerfPortWAN: -1, GRPCAddrs: [] });
});
