import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig } from './load-config';
import { parseFlags } from './load/flags';
import type { Machine } from './build/build-config';

const deploy = join(__dirname, '../../../../deploy');
const machine: Machine = {
  hostName: () => 'web-1',
  interfaces: () => [{ name: 'eth0', address: '10.0.0.11', isLoopback: false }],
};
const load = (...argv: string[]) => loadConfig(parseFlags(argv), machine);

test('the example server is one of three', () => {
  expect(load('-config-dir', join(deploy, 'server'))).toMatchObject({
    mode: 'server',
    bootstrapExpect: 3,
    dataDir: '/var/lib/tribune',
    advertiseHost: '10.0.0.11',
    joinLan: { retry: ['10.0.0.11', '10.0.0.12', '10.0.0.13'], intervalMs: 5000 },
    grpc: [{ host: '127.0.0.1', port: 8502 }],
  });
});

test('the example client runs the example service', () => {
  const config = load('-config-dir', join(deploy, 'client'), '-config-dir', join(deploy, 'services'));
  expect(config).toMatchObject({ mode: 'client', leaveOnTerminate: true });
  expect(config.services).toMatchObject([
    { service: { service: 'web', port: 8080 }, checks: [{ http: 'http://127.0.0.1:8080/', intervalNs: 10e9 }] },
  ]);
});

test('flags turn the examples into agents of a test', () => {
  const config = load(
    '-config-file',
    join(deploy, 'server/agent.hcl'),
    '-bind=127.0.0.1',
    '-data-dir=/tmp/x',
    '-bootstrap-expect=1',
    '-http-port=0',
  );
  expect(config).toMatchObject({
    bindHost: '127.0.0.1',
    dataDir: '/tmp/x',
    bootstrap: true,
    http: [{ host: '127.0.0.1', port: 0 }],
  });
});

test.each(['gossip', 'raft-core', 'health-runner', 'catalog-api', 'dns-gateway'])(
  '%s.env is name=value lines only',
  (piece) => {
    const lines = readFileSync(join(deploy, 'pieces', `${piece}.env`), 'utf8').split('\n');
    for (const line of lines.filter((one) => one !== '' && !one.startsWith('#')))
      expect(line).toMatch(/^TRIBUNE_[A-Z_]+=\S+$/);
  },
);
