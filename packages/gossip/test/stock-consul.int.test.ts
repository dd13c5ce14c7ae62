import { execFile, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Gossip } from '../src';
import { addressOf, membersAre, nextEvent, startAgent, stopAgents } from './pool-of-agents';
import { freePort } from './stock-agent';

/** Only a stock `consul` on the PATH counts; where there is none, the recorded vectors cover the wire format. */
const hasStockConsul = /^Consul v1\./.test(spawnSync('consul', ['version'], { encoding: 'utf8' }).stdout ?? '');
const KEY = Buffer.alloc(32, 5).toString('base64');
const run = promisify(execFile);
jest.setTimeout(90_000);

const tags = (id: string) => ({
  role: 'node',
  dc: 'dc1',
  id,
  segment: '',
  vsn: '2',
  vsn_min: '2',
  vsn_max: '3',
  build: '1.8.7:tribune',
});

class StockConsul {
  private constructor(
    private readonly process: ChildProcess,
    private readonly http: string,
  ) {}

  static async start(dataDir: string, join: string, key: string | undefined): Promise<StockConsul> {
    const [serf, server, http] = [await freePort(), await freePort(), await freePort()];
    const ports = [
      `-serf-lan-port=${serf}`,
      `-server-port=${server}`,
      `-http-port=${http}`,
      '-dns-port=-1',
      '-serf-wan-port=-1',
    ];
    const cluster = [
      '-server',
      '-bootstrap-expect=1',
      '-node=stock',
      '-bind=127.0.0.1',
      `-retry-join=${join}`,
      '-retry-interval=1s',
    ];
    const encrypt = key === undefined ? [] : [`-encrypt=${key}`];
    const config = ['-hcl', 'performance { raft_multiplier = 1 }'];
    const args = ['agent', `-data-dir=${dataDir}`, ...config, ...ports, ...cluster, ...encrypt];
    return new StockConsul(spawn('consul', args, { stdio: 'ignore' }), `127.0.0.1:${http}`);
  }

  cli(...args: string[]): Promise<string> {
    return run('consul', args, { env: { ...process.env, CONSUL_HTTP_ADDR: this.http } }).then(({ stdout }) => stdout);
  }

  async get<T>(path: string): Promise<T | undefined> {
    const response = await fetch(`http://${this.http}${path}`).catch(() => undefined);
    return response?.ok ? ((await response.json()) as T) : undefined;
  }

  /** Asks until the answer is right. */
  async until<T>(path: string, isRight: (answer: T) => boolean): Promise<void> {
    for (;;) {
      const answer = await this.get<T>(path);
      if (answer && isRight(answer)) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  async kill(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    this.process.kill('SIGKILL');
    await once(this.process, 'exit');
  }
}

const story = (key: string | undefined) => async (): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'tribune-consul-'));
  let consul: StockConsul | undefined;
  try {
    const options = { lan: { port: 0, profile: 'lan' }, encryptKey: key, serf: {} } as const;
    const [a, b] = (await Promise.all(
      ['a', 'b'].map((name, i) =>
        startAgent(name, { ...options, tags: tags(`00000000-0000-0000-0000-00000000000${i}`) }),
      ),
    )) as [Gossip, Gossip];
    await b.join('lan', [addressOf(a)]);
    consul = await StockConsul.start(folder, addressOf(a), key);
    await Promise.all([a, b].map((agent) => membersAre(agent, { a: 'alive', b: 'alive', stock: 'alive' })));

    // Consul takes our agents for agents: in its member list, and as healthy nodes in its catalog.
    await consul.until<{ Name: string; Status: number }[]>('/v1/agent/members', (members) => {
      return members.filter(({ Status }) => Status === 1).length === 3;
    });
    const isHealthy = (checks: { CheckID: string; Status: string }[]): boolean =>
      checks.some(({ CheckID, Status }) => CheckID === 'serfHealth' && Status === 'passing');
    await Promise.all(['a', 'b'].map((name) => consul!.until(`/v1/health/node/${name}`, isHealthy)));

    // Events pass both ways.
    const event = { name: 'ours', payload: Buffer.from('p'), nodeFilter: '', serviceFilter: '', tagFilter: '' };
    await a.fireEvent(event);
    await consul.until<{ Name: string; Payload: string }[]>('/v1/event/list', (events) => {
      return events.some(({ Name, Payload }) => Name === 'ours' && Payload === 'cA==');
    });
    const heard = nextEvent(b, (seen) => seen.kind === 'userEvent' && seen.event.name === 'theirs');
    await consul.cli('event', '-name=theirs', 'payload');
    expect(await heard).toMatchObject({ event: { name: 'theirs', payload: Buffer.from('payload'), version: 1 } });
    if (key !== undefined) expect(await consul.cli('keyring', '-list')).toContain(`${key} [3/3]`);

    // A crash of ours turns critical there, a crash of theirs fails here.
    await b.stop();
    await consul.until<{ CheckID: string; Status: string }[]>('/v1/health/node/b', (checks) => {
      return checks.some(({ CheckID, Status }) => CheckID === 'serfHealth' && Status === 'critical');
    });
    await consul.kill();
    await membersAre(a, { a: 'alive', b: 'failed', stock: 'failed' });
  } finally {
    await consul?.kill();
    await stopAgents();
    await rm(folder, { recursive: true, force: true });
  }
};

if (hasStockConsul) {
  describe('two of our agents and a stock consul server form one pool', () => {
    it('in plaintext', story(undefined));
    it('encrypted', story(KEY));
  });
} else {
  describe('without a stock consul on the PATH', () => {
    it('the recorded vectors stand in for it', () => expect(hasStockConsul).toBe(false));
  });
}
