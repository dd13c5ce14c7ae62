import { execFile, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { freePort } from '@tribune/testkit';

/** Is a stock `serf` on the PATH? Where it is not, the recorded vectors cover the wire format. */
export const hasStockSerf = spawnSync('serf', ['version']).status === 0;

const run = promisify(execFile);

interface StockMember {
  readonly name: string;
  readonly status: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** A `serf agent` process and its RPC command line. */
export class StockAgent {
  private output = '';
  private waiting: (() => void)[] = [];

  private constructor(
    readonly name: string,
    readonly port: number,
    private readonly rpcAddress: string,
    private readonly process: ChildProcess,
  ) {
    process.stdout?.on('data', (chunk: Buffer) => {
      this.output += chunk.toString();
      for (const wake of this.waiting.splice(0)) wake();
    });
  }

  static async start(name: string, join: string, options: { key?: string; port?: number } = {}): Promise<StockAgent> {
    const port = options.port ?? (await freePort());
    const rpcAddress = `127.0.0.1:${await freePort()}`;
    const encrypt = options.key === undefined ? [] : ['-encrypt', options.key];
    const args = [
      '-node',
      name,
      '-bind',
      `127.0.0.1:${port}`,
      '-rpc-addr',
      rpcAddress,
      '-join',
      join,
      '-tag',
      'role=stock',
      // It answers `who`.
      '-event-handler',
      `query:who=printf ${name}`,
    ];
    const agent = new StockAgent(name, port, rpcAddress, spawn('serf', ['agent', ...args, ...encrypt]));
    await agent.says(/Serf agent running/);
    return agent;
  }

  /** Waits until the agent's log holds `pattern`. */
  async says(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.output)) await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  /** How often the agent's log holds `pattern`, a global one. */
  count(pattern: RegExp): number {
    return this.output.match(pattern)?.length ?? 0;
  }

  /** False when the command says that it failed. */
  succeeds(command: string, ...args: string[]): Promise<boolean> {
    return this.rpc(command, ...args).then(
      () => true,
      () => false,
    );
  }

  async rpc(command: string, ...args: string[]): Promise<string> {
    const { stdout } = await run('serf', [command, `-rpc-addr=${this.rpcAddress}`, ...args]);
    return stdout;
  }

  /** Arguments that are no text go through the shell's printf; zero bytes cannot. */
  async rpcWithBytes(command: string, option: string, values: readonly (string | Uint8Array)[]): Promise<void> {
    const escaped = values.map((value) =>
      [...Buffer.from(value as string)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join(''),
    );
    const quoted = escaped.map((value) => `"$(printf '${value}')"`).join(' ');
    await run('sh', ['-c', `exec serf ${command} -rpc-addr=${this.rpcAddress} ${option} ${quoted}`]);
  }

  async members(): Promise<readonly StockMember[]> {
    return (JSON.parse(await this.rpc('members', '-format=json')) as { members: StockMember[] }).members;
  }

  async statusOf(name: string): Promise<string | undefined> {
    return (await this.members()).find((member) => member.name === name)?.status;
  }

  async membersAre(expected: Readonly<Record<string, string>>): Promise<void> {
    const wanted = JSON.stringify(Object.entries(expected).sort());
    const statuses = async (): Promise<string> =>
      JSON.stringify((await this.members()).map(({ name, status }) => [name, status]).sort());
    while ((await statuses()) !== wanted) await new Promise((resolve) => setTimeout(resolve, 50));
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    this.process.kill(signal);
    await once(this.process, 'exit');
  }
}
