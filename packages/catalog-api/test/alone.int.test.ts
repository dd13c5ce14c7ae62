import { createLogger, silentLogger, systemClock } from '@tribune/platform';
import { AgentService, connectKv, GrpcServer, MembershipService, StateService } from '@tribune/protocol';
import { LocalState } from '@tribune/testkit';
import { Writable } from 'node:stream';
import { commandLineSpecs, readCommandLine, type Flags } from '../src/alone/command-line';
import { createFrontEndProcess } from '../src/alone/front-end-process';
import { exchange } from './conformance/exchange';
import { LoneAgent } from './harness/lone-agent';
import { LoneMember } from './harness/lone-member';

const defaults = Object.fromEntries(
  Object.entries(commandLineSpecs).map(([name, spec]) => [name, 'default' in spec ? spec.default : '']),
) as Flags;

test('alone, it knows the other pieces by gRPC and serves HTTP and gRPC over a view of its own', async () => {
  const state = new LocalState(systemClock);
  const others = new GrpcServer({ address: '127.0.0.1:0' }, silentLogger);
  const api = () => state;
  others.add(
    'tribune.state.v1.State',
    new StateService({ api, leaderOnly: api, logger: silentLogger }).implementation(),
  );
  const membership = new LoneMember('n1');
  others.add(
    'tribune.membership.v1.Membership',
    new MembershipService({ api: membership, logger: silentLogger }).implementation(),
  );
  const agent = new LoneAgent('n1', '');
  others.add('tribune.agent.v1.Agent', new AgentService({ api: agent, clock: systemClock }).implementation());
  await others.start();

  const address = `127.0.0.1:${others.port}`;
  const flags: Flags = {
    ...defaults,
    node: 'n1',
    'state-address': address,
    'membership-address': address,
    'agent-address': address,
    'http-address': '127.0.0.1:0',
    'grpc-address': '127.0.0.1:0',
    'admin-address': '127.0.0.1:0',
  };
  const quiet = createLogger({
    level: 'error',
    format: 'json',
    destination: new Writable({ write: (_c, _e, done) => done() }),
  });
  const frontEnd = createFrontEndProcess(flags, readCommandLine(flags), quiet, () => undefined);
  await frontEnd.start();
  const kv = connectKv({ address: `127.0.0.1:${frontEnd.grpcPort}` });
  try {
    const ask = (method: string, path: string, body = '') =>
      exchange(frontEnd.httpPort, { method, path, body: Buffer.from(body) });
    expect((await ask('PUT', '/v1/kv/a', 'hello')).body.toString()).toBe('true');
    expect((await ask('GET', '/v1/kv/a?raw')).body.toString()).toBe('hello');
    const index = (await ask('GET', '/v1/kv/a')).headers['x-consul-index'];
    const waiting = ask('GET', `/v1/kv/a?raw&index=${index}&wait=30s`);
    await ask('PUT', '/v1/kv/a', 'again');
    expect((await waiting).body.toString()).toBe('again');
    const { value } = await kv.get('a');
    expect(Buffer.from(value!.value).toString()).toBe('again');
    const ready = await exchange(frontEnd.adminPort, { method: 'GET', path: '/readyz' });
    expect([ready.status, ready.body.toString()]).toEqual([200, 'ready\n']);
  } finally {
    kv.close();
    await frontEnd.stop();
    await others.stop();
    state.stop();
  }
});

test('every bad flag is named at once', () => {
  const flags = {
    ...defaults,
    'http-address': 'nowhere',
    view: 'some',
    'log-level': 'loud',
    'http-max-conns-per-client': '-1',
    'state-address': 'x:1',
  };
  expect(() => readCommandLine(flags)).toThrow(
    [
      '--http-address: nowhere is not host:port',
      '--http-max-conns-per-client: -1 is not a number from 0 up',
      '--view: some is none of all, on-demand',
      '--log-level: loud is none of trace, debug, info, warn, error',
    ].join('\n'),
  );
});
