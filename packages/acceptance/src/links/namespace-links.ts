import { execFileSync } from 'node:child_process';
import type { Links, Place } from './links';

/** A hardware address that nobody has: what is sent there is lost without a word. */
const NOWHERE = '02:00:00:00:00:fe';

/**
 * A network namespace per server, all on one bridge: the kernel's own TCP under real packet loss. A link is cut by
 * pointing the sender's neighbour entry nowhere, so each direction is cut on its own. Needs root and iproute2.
 */
export class NamespaceLinks implements Links {
  private readonly tag = `t${(process.pid % 46_656).toString(36)}`;
  private readonly network = `10.${200 + (process.pid % 50)}.${(process.pid >> 6) % 256}`;
  private readonly cuts = new Set<string>();

  constructor(private readonly count: number) {
    ip('link', 'add', `${this.tag}b`, 'type', 'bridge');
    ip('addr', 'add', `${this.network}.254/24`, 'dev', `${this.tag}b`);
    ip('link', 'set', `${this.tag}b`, 'up');
    for (let i = 0; i < count; i++) this.addNamespace(i);
  }

  place(i: number): Place {
    const address = this.address(i);
    return { bind: address, advertise: address, prefix: ['ip', 'netns', 'exec', this.namespace(i)] };
  }

  cut(from: number, to: number): void {
    this.cuts.add(`${from}>${to}`);
    const entry = [this.address(to), 'lladdr', NOWHERE, 'nud', 'permanent', 'dev', 'eth0'];
    ip('-n', this.namespace(from), 'neigh', 'replace', ...entry);
  }

  heal(): void {
    for (const cut of this.cuts) {
      const [from, to] = cut.split('>').map(Number);
      ip('-n', this.namespace(from!), 'neigh', 'del', this.address(to!), 'dev', 'eth0');
    }
    this.cuts.clear();
  }

  async close(): Promise<void> {
    for (let i = 0; i < this.count; i++) ip('netns', 'del', this.namespace(i));
    ip('link', 'del', `${this.tag}b`);
  }

  private addNamespace(i: number): void {
    const namespace = this.namespace(i);
    ip('netns', 'add', namespace);
    ip('link', 'add', `${this.tag}v${i}`, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', namespace);
    ip('link', 'set', `${this.tag}v${i}`, 'master', `${this.tag}b`, 'up');
    ip('-n', namespace, 'addr', 'add', `${this.address(i)}/24`, 'dev', 'eth0');
    for (const device of ['lo', 'eth0']) ip('-n', namespace, 'link', 'set', device, 'up');
  }

  private namespace(i: number): string {
    return `${this.tag}n${i}`;
  }

  private address(i: number): string {
    return `${this.network}.${1 + i}`;
  }
}

function ip(...words: string[]): void {
  execFileSync('ip', words, { stdio: ['ignore', 'ignore', 'pipe'] });
}
