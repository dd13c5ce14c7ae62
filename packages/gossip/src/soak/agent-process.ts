import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connectMembership, type MembershipClient } from '@tribune/protocol';

interface Ports {
  readonly lanPort: number;
  readonly grpcPort: number;
}

/** Clock ticks per second of `/proc/<pid>/stat` (sysconf CLK_TCK; 100 on every Linux that Node runs on). */
const TICKS_PER_SECOND = 100;
const MAIN = join(__dirname, '../main.js');
const ANY_PORT = ['--grpc-address=127.0.0.1:0', '--admin-address=127.0.0.1:0', '--lan-port=0', '--bind=127.0.0.1'];

/** Gossip as a process of its own, seen from outside. */
export class AgentProcess {
  private constructor(
    readonly name: string,
    readonly ports: Ports,
    readonly membership: MembershipClient,
    private readonly child: ChildProcess,
  ) {}

  static async start(name: string, args: readonly string[]): Promise<AgentProcess> {
    const child = spawn(process.execPath, [MAIN, ...ANY_PORT, `--name=${name}`, ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ports = await portsOf(child);
    const membership = connectMembership({ address: `127.0.0.1:${ports.grpcPort}` });
    return new AgentProcess(name, ports, membership, child);
  }

  get address(): string {
    return `127.0.0.1:${this.ports.lanPort}`;
  }

  /** Resident memory in MiB, and CPU seconds since the start. */
  cost(): { readonly residentMiB: number; readonly cpuSeconds: number } {
    const status = readFileSync(`/proc/${this.child.pid}/status`, 'utf8');
    const residentMiB = Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? Number.NaN) / 1024;
    // The command's name may hold spaces: fields are counted behind its bracket.
    const stat = readFileSync(`/proc/${this.child.pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { residentMiB, cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND };
  }

  async kill(): Promise<void> {
    this.membership.close();
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.child.kill('SIGKILL');
    await once(this.child, 'exit');
  }
}

async function portsOf(child: ChildProcess): Promise<Ports> {
  let output = '';
  const stdout = child.stdout!;
  for await (const chunk of stdout.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    output += chunk.toString();
    const line = output.split('\n').find((text) => text.includes('gossip is ready'));
    if (line?.endsWith('}')) {
      stdout.resume();
      return JSON.parse(line) as Ports;
    }
  }
  throw new Error(`the agent ended before it was ready: ${output}`);
}
