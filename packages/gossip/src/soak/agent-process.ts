import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connectMembership, type MembershipClient } from '@tribune/protocol';

interface Ports {
  readonly lanPort: number;
  readonly grpcPort: number;
  readonly adminPort: number;
}

/** Clock ticks per second of `/proc/<pid>/stat` (sysconf CLK_TCK; 100 on every Linux that Node runs on). */
const TICKS_PER_SECOND = 100;
const MAIN = join(__dirname, '../main.js');
const HEAP_PROBE = ['--expose-gc', '--require', join(__dirname, 'heap-probe.js')];
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
    const child = spawn(process.execPath, [...HEAP_PROBE, MAIN, ...ANY_PORT, `--name=${name}`, ...args], {
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
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

  /** Bytes in use right after a full collection. */
  async heapWithoutGarbage(): Promise<number> {
    this.child.send('heap');
    const [bytes] = (await once(this.child, 'message')) as [number];
    return bytes;
  }

  /** Sum of a metric over its labels; `label` narrows it: `name="value"`. */
  async metric(name: string, label = ''): Promise<number> {
    const text = await (await fetch(`http://127.0.0.1:${this.ports.adminPort}/metrics`)).text();
    const lines = text.split('\n').filter((line) => line.startsWith(`${name}{`) && line.includes(label));
    return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
  }

  /** How late the event loop was at worst since the last call: on a starved machine, the reason of much. */
  async longestStallMs(): Promise<number> {
    return 1000 * (await this.metric('tribune_event_loop_lag_seconds', 'quantile="1"'));
  }

  async statusOf(name: string): Promise<string | undefined> {
    return (await this.membership.members('lan')).find((member) => member.name === name)?.status;
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
