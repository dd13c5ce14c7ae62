import { execFile, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { freePort } from '@tribune/testkit';

/** Only a stock `consul` on the PATH counts; where there is none, the recorded vectors cover the wire format. */
export const hasStockConsul = /^Consul v1\./.test(spawnSync('consul', ['version'], { encoding: 'utf8' }).stdout ?? '');

/** serf.MemberStatus, as `/v1/agent/members` shows it. */
const STATUSES = ['none', 'alive', 'leaving', 'left', 'failed'];

export interface StockConsulOptions {
  readonly dataDir: string;
  /** Address of a member of the LAN pool. */
  readonly join: string;
  readonly key: string | undefined;
}

export interface ConsulMember {
  readonly Name: string;
  readonly Status: number;
  readonly Tags: Readonly<Record<string, string>>;
}

const run = promisify(execFile);

/** A `consul agent -server` alone in its datacenter, which can be killed and started again at the same addresses. */
export class StockConsul {
  readonly name = 'stock';
  private process: ChildProcess | undefined;
  private output = '';

  private constructor(
    private readonly options: StockConsulOptions,
    private readonly ports: { readonly serf: number; readonly server: number; readonly http: number },
  ) {}

  static async start(options: StockConsulOptions): Promise<StockConsul> {
    const consul = new StockConsul(options, {
      serf: await freePort(),
      server: await freePort(),
      http: await freePort(),
    });
    consul.start();
    return consul;
  }

  /** `config` in HCL comes on top. */
  start(config = ''): void {
    const { dataDir, join, key } = this.options;
    const { serf, server, http } = this.ports;
    const ports = [`-serf-lan-port=${serf}`, `-server-port=${server}`, `-http-port=${http}`];
    const unused = ['-dns-port=-1', '-serf-wan-port=-1'];
    const cluster = ['-server', '-bootstrap-expect=1', `-node=${this.name}`, '-bind=127.0.0.1'];
    const joining = [`-retry-join=${join}`, '-retry-interval=1s'];
    const encrypt = key === undefined ? [] : [`-encrypt=${key}`];
    const quick = ['-hcl', `performance { raft_multiplier = 1 } ${config}`];
    const args = ['agent', `-data-dir=${dataDir}`, ...quick, ...ports, ...unused, ...cluster, ...joining, ...encrypt];
    this.process = spawn('consul', args, { stdio: ['ignore', 'pipe', 'ignore'] });
    this.process.stdout!.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
  }

  /** How often the agent's log holds `pattern`, a global one. */
  count(pattern: RegExp): number {
    return this.output.match(pattern)?.length ?? 0;
  }

  cli(...args: string[]): Promise<string> {
    const env = { ...process.env, CONSUL_HTTP_ADDR: `127.0.0.1:${this.ports.http}` };
    return run('consul', args, { env }).then(({ stdout }) => stdout);
  }

  async get<T>(path: string): Promise<T | undefined> {
    const response = await fetch(`http://127.0.0.1:${this.ports.http}${path}`).catch(() => undefined);
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

  async statusOf(name: string): Promise<string | undefined> {
    const members = await this.get<ConsulMember[]>('/v1/agent/members');
    const member = members?.find(({ Name }) => Name === name);
    return member && STATUSES[member.Status];
  }

  async kill(): Promise<void> {
    const child = this.process;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
}
