import { createGossip, lanDefaults, type GossipOptions } from '../index';
import { optionsProblems } from './gossip-options';
import { commandLineSpecs, splitAddress, toGossipOptions, type CommandLine } from './command-line';

const good: GossipOptions = {
  name: 'node-1',
  datacenter: 'dc1',
  bindAddress: '127.0.0.1',
  tags: {},
  lan: { port: 8301, profile: 'lan' },
};

describe('the options', () => {
  it('have no problem when they are right', () => expect(optionsProblems(good)).toEqual([]));

  it('tell all their problems at once, each with field, value and rule', () => {
    const problems = optionsProblems({
      ...good,
      name: 'a\nb',
      bindAddress: 'localhost',
      advertiseAddress: 'nowhere',
      tags: { long: 'x'.repeat(600) },
      encryptKey: 'c2hvcnQ=',
      label: 'x'.repeat(256),
      lan: { port: 70_000, profile: 'lan', overrides: { probeTimeoutMs: 2000, gossipNodes: -1 } },
    });
    expect(problems).toEqual([
      'name "a\\nb": 1 to 255 bytes without control characters',
      'bindAddress localhost: not an IP address',
      'advertiseAddress nowhere: not an IP address',
      'tags: Encoded length of tags exceeds limit of 512 bytes',
      'encryptKey: key size must be 16, 24 or 32 bytes',
      'label: at most 255 bytes',
      'lan.port 70000: an integer from 0 to 65535',
      'lan.gossipNodes -1: not negative',
      `lan.probeTimeoutMs 2000: at most probeIntervalMs ${lanDefaults.probeIntervalMs}`,
    ]);
  });

  it.each(['a b', 'node_1', 'é/🐼', 'x'.repeat(255)])('take the name %s, as Consul does', (name) => {
    expect(optionsProblems({ ...good, name })).toEqual([]);
  });

  it('are checked before anything starts', () => {
    expect(() => createGossip({ ...good, name: '' }, {} as never)).toThrow(/^name "": /);
  });
});

describe('the command line', () => {
  const defaults = Object.fromEntries(
    Object.entries(commandLineSpecs).map(([name, spec]) => [name, 'default' in spec ? spec.default : 'node-1']),
  ) as CommandLine;

  it('means the same as the options', () => {
    const flags = {
      ...defaults,
      'wan-port': '8302',
      tags: 'role=consul,expr=a=b',
      'retry-join': 'a,b:1',
      encrypt: 'key',
    };
    expect(toGossipOptions(flags)).toMatchObject({
      name: 'node-1',
      tags: { role: 'consul', expr: 'a=b' },
      lan: { port: 8301, profile: 'lan', retryJoin: ['a', 'b:1'], retryIntervalMs: 30_000 },
      wan: { port: 8302, profile: 'wan' },
      encryptKey: 'key',
    });
    expect(toGossipOptions(defaults)).not.toHaveProperty('wan');
  });

  it('reads addresses of both families', () => {
    expect(splitAddress('127.0.0.1:80')).toEqual({ host: '127.0.0.1', port: 80 });
    expect(splitAddress('[::1]:80')).toEqual({ host: '::1', port: 80 });
  });
});
