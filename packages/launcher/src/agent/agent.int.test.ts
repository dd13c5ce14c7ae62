import { Resolver } from 'node:dns/promises';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger, Metrics, systemClock, systemRandom } from '@tribune/platform';
import { connectMembership } from '@tribune/protocol';
import { PassThrough } from 'node:stream';
import { loadConfig } from '../config/load-config';
import { parseFlags } from '../config/load/flags';
import { Agent } from './agent';
import { composeAgent } from './compose-agent';
import { openDataFolder } from './data-folder';

const PORTS = 'ports { http = 0 dns = 0 grpc = 0 server = 0 serf_lan = 0 serf_wan = -1 }\n';

/** An agent in this process, on ports of the system's choice, from a configuration file that a test can change. */
class TestAgent {
  readonly folder = mkdtempSync(join(tmpdir(), 'agent-'));
  readonly fatal: Error[] = [];
  hasLeft = false;
  readonly agent: Agent;
  private readonly data;

  constructor(hcl: string, ...flags: string[]) {
    const argv = parseFlags([...flags, `-config-file=${join(this.folder, 'agent.hcl')}`]);
    this.configure(hcl);
    const config = loadConfig(argv);
    this.data = openDataFolder(config, systemRandom);
    const logger = createLogger({ level: config.log.level, format: 'text', destination: new PassThrough().resume() });
    this.agent = new Agent(
      config,
      { nodeId: this.data.nodeId, dataPath: this.data.path },
      { clock: systemClock, random: systemRandom, logger, metrics: new Metrics() },
      {
        readConfig: () => loadConfig(argv),
        onFatal: (error) => this.fatal.push(error),
        onLeft: () => (this.hasLeft = true),
      },
      composeAgent,
    );
  }

  configure(hcl: string): void {
    writeFileSync(join(this.folder, 'agent.hcl'), PORTS + hcl);
  }

  async get<T>(path: string): Promise<T> {
    const response = await fetch(`http://127.0.0.1:${this.agent.listening().http}${path}`);
    return (response.headers.get('content-type')?.includes('json') ? response.json() : response.text()) as Promise<T>;
  }

  async put(path: string, body = ''): Promise<string> {
    const response = await fetch(`http://127.0.0.1:${this.agent.listening().http}${path}`, { method: 'PUT', body });
    return response.text();
  }

  get dataPath(): string {
    return this.data.path;
  }

  async stop(): Promise<void> {
    await this.agent.stop();
    this.data.release();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Asks again until `accept`; each question is answered by a running agent, so none is asked in haste. */
async function until<T>(ask: () => Promise<T>, accept: (answer: T) => boolean): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (accept(answer)) return answer;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

const WEB = 'service { name = "web" port = 8080 tags = ["v1"] check { ttl = "1h" status = "passing" } }\n';

describe('a development agent', () => {
  let one: TestAgent;
  beforeAll(async () => {
    one = new TestAgent(WEB, '-dev', '-node=dev-1');
    await one.agent.start();
  });
  afterAll(() => one.stop());

  it('takes a write as soon as it has started, and says that it is ready', async () => {
    expect(await one.put('/v1/kv/color', 'blue')).toBe('true\n');
    await until(
      () => one.get<string>('/readyz'),
      (text) => text === 'ready\n',
    );
    expect(await one.get<string>('/metrics')).toContain('tribune_');
  });

  it('shows the service of its file by HTTP and by DNS', async () => {
    await until(
      () => one.get<unknown[]>('/v1/health/service/web?passing'),
      (rows) => rows.length === 1,
    );
    const resolver = new Resolver();
    resolver.setServers([`127.0.0.1:${one.agent.listening().dns}`]);
    // DNS hears of it by a stream of its own.
    const records = await until(
      () => resolver.resolveSrv('web.service.consul').catch(() => []),
      (found) => found.length > 0,
    );
    expect(records).toMatchObject([{ port: 8080, name: 'dev-1.node.dc1.consul' }]);
    expect(await resolver.resolve4('v1.web.service.consul')).toEqual(['127.0.0.1']);
  });

  it('lets operators of this machine see and ask the pool by gRPC', async () => {
    const client = connectMembership({ address: `127.0.0.1:${one.agent.listening().grpc}` });
    const query = { name: 'load', payload: Buffer.alloc(0), nodes: [], tags: {}, relayFactor: 0, timeoutMs: 60_000 };
    const asked = client.queries(['load'], new AbortController().signal)[Symbol.asyncIterator]();
    expect((await asked.next()).value).toEqual({ kind: 'listening' });
    const asking = client.query('lan', query);
    const { value } = await asked.next();
    expect(await client.answerQuery(value.query.id, Buffer.from('0.5'))).toEqual({ ok: true });
    expect(await asking).toEqual({ ok: true, acks: ['dev-1'], responses: new Map([['dev-1', Buffer.from('0.5')]]) });
    expect(await client.members('lan')).toMatchObject([{ name: 'dev-1', status: 'alive' }]);
    client.close();
  });

  it('tells the others who it is in the tags that Consul reads', async () => {
    const [member] = await one.get<{ Tags: Record<string, string> }[]>('/v1/agent/members');
    expect(member!.Tags).toMatchObject({
      role: 'consul',
      dc: 'dc1',
      build: '1.8.7:tribune',
      vsn: '2',
      vsn_min: '2',
      vsn_max: '3',
      raft_vsn: '3',
      acls: '0',
      segment: '',
    });
  });

  it('takes up a changed file on reload, and keeps the old one when the new one is wrong', async () => {
    const names = async (): Promise<string[]> => Object.keys(await one.get<object>('/v1/catalog/services')).sort();
    one.configure('service { name = "api" }\nservice { name = "db" }\n');
    await one.put('/v1/agent/reload');
    await until(names, (list) => list.join() === 'api,consul,db');
    one.configure('services { port = "x" }\n');
    expect(await one.agent.reload()).toEqual(
      expect.arrayContaining([expect.stringContaining('services[0].port: expected a whole number')]),
    );
    expect(await names()).toEqual(['api', 'consul', 'db']);
  });

  it('lives in a temporary folder that goes with it', async () => {
    const other = new TestAgent('', '-dev', '-node=dev-2');
    await other.agent.start();
    expect(existsSync(other.dataPath)).toBe(true);
    await other.stop();
    expect(existsSync(other.dataPath)).toBe(false);
  });
});

test('a client finds the server, reads and writes through it, and is gone from the catalog when it leaves', async () => {
  const server = new TestAgent('', '-dev', '-node=server-1');
  await server.agent.start();
  const rpcPort = server.agent.listening();
  expect(rpcPort.serfLan).toBeGreaterThan(0);
  const client = new TestAgent(
    `bind_addr = "127.0.0.1"\n${WEB}`,
    '-node=client-1',
    `-data-dir=${join(server.folder, 'client')}`,
    `-retry-join=127.0.0.1:${rpcPort.serfLan}`,
  );
  try {
    await client.agent.start();
    const nodes = async (): Promise<string[]> =>
      (await server.get<{ Node: string }[]>('/v1/catalog/nodes')).map(({ Node }) => Node).sort();
    expect(await until(nodes, (list) => list.length === 2)).toEqual(['client-1', 'server-1']);
    expect(
      await until(
        () => client.put('/v1/kv/from-client', 'x'),
        (answer) => answer.startsWith('true'),
      ),
    ).toMatch(/^true/);
    expect(await server.get('/v1/kv/from-client?raw')).toBe('x');
    await until(
      () => server.get<unknown[]>('/v1/health/service/web?passing'),
      (rows) => rows.length === 1,
    );
    await client.put('/v1/agent/leave');
    expect(await until(nodes, (list) => list.length === 1)).toEqual(['server-1']);
    await until(
      async () => client.hasLeft,
      (hasLeft) => hasLeft,
    );
  } finally {
    await client.stop();
    await server.stop();
  }
});

test('a port that is taken ends the start, and the reason names the piece', async () => {
  const holder = createServer().listen(0, '127.0.0.1');
  await once(holder, 'listening');
  const { port } = holder.address() as { port: number };
  const agent = new TestAgent('', '-dev', `-http-port=${port}`);
  try {
    await expect(agent.agent.start()).rejects.toThrow(/^catalog-api: listen tcp .*: bind: address already in use$/);
  } finally {
    await agent.stop();
    holder.close();
  }
});
