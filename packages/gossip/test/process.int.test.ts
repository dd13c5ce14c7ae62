import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { connectMembership, type Member, type MembershipClient } from '@tribune/protocol';

/** Gossip as a process of its own, known by its addresses only. */
class GossipProcess {
  output = '';
  errors = '';
  readonly exited: Promise<number | null>;
  private readonly child: ChildProcess;
  private heard: () => void = () => undefined;

  constructor(...args: string[]) {
    const hook = join(__dirname, 'typescript-hook.cjs');
    const anyPort = ['--grpc-address=127.0.0.1:0', '--admin-address=127.0.0.1:0', '--lan-port=0', '--bind=127.0.0.1'];
    this.child = spawn(process.execPath, ['-r', hook, join(__dirname, '../src/main.ts'), ...anyPort, ...args]);
    this.child.stdout?.on('data', (chunk: Buffer) => {
      this.output += chunk.toString();
      this.heard();
    });
    this.child.stderr?.on('data', (chunk: Buffer) => (this.errors += chunk.toString()));
    this.exited = once(this.child, 'close').then(([code]) => code as number | null);
  }

  /** The ports it chose. */
  async ready(): Promise<{ lanPort: number; grpcPort: number; adminPort: number }> {
    for (;;) {
      const line = this.output.split('\n').find((text) => text.includes('gossip is ready'));
      if (line) return JSON.parse(line);
      await new Promise<void>((resolve) => (this.heard = resolve));
    }
  }

  kill(signal: NodeJS.Signals): Promise<number | null> {
    this.child.kill(signal);
    return this.exited;
  }
}

async function until(client: MembershipClient, holds: (members: readonly Member[]) => boolean): Promise<void> {
  const abort = new AbortController();
  for await (const { kind } of client.watch(abort.signal)) {
    if (kind !== 'userEvent' && holds(await client.members('lan'))) abort.abort();
  }
}

const isIn = (name: string, status: string) => (members: readonly Member[]) =>
  members.some((member) => member.name === name && member.status === status);

describe('gossip as a process', () => {
  it('joins, is watched over gRPC, notices a crash, and says good-bye on SIGTERM', async () => {
    const a = new GossipProcess('--name=a', '--profile=local', '--tags=role=consul,dc=dc1');
    const { lanPort, grpcPort, adminPort } = await a.ready();
    const join = [`--retry-join=127.0.0.1:${lanPort}`, '--retry-interval-ms=200', '--profile=local'];
    const [b, c] = [new GossipProcess('--name=b', ...join), new GossipProcess('--name=c', ...join)];
    const client = connectMembership({ address: `127.0.0.1:${grpcPort}` });
    try {
      await until(client, (members) => isIn('b', 'alive')(members) && isIn('c', 'alive')(members));
      expect((await client.localMember()).tags).toEqual({ role: 'consul', dc: 'dc1' });
      expect(await (await fetch(`http://127.0.0.1:${adminPort}/readyz`)).text()).toBe('ready\n');
      expect(await (await fetch(`http://127.0.0.1:${adminPort}/metrics`)).text()).toMatch(
        /tribune_gossip_packets_sent_total/,
      );
      expect(await b.kill('SIGTERM')).toBe(0);
      await until(client, isIn('b', 'left'));
      await c.kill('SIGKILL');
      await until(client, isIn('c', 'failed'));
    } finally {
      client.close();
      expect(await a.kill('SIGTERM')).toBe(0);
      await Promise.all([b.kill('SIGKILL'), c.kill('SIGKILL')]);
    }
  });

  it('names all problems of its flags and exits with 1', async () => {
    const unknown = new GossipProcess('--name=a', '--colour=red');
    const wrong = new GossipProcess(`--name=${'a'.repeat(256)}`, '--encrypt=c2hvcnQ=', '--wan-port=99999');
    const profile = new GossipProcess('--name=a', '--profile=fast', '--tags=x');
    expect(await unknown.exited).toBe(1);
    expect(unknown.errors).toBe('unknown argument --colour=red\n');
    expect(await wrong.exited).toBe(1);
    expect(wrong.errors.trim().split('\n')).toEqual([
      expect.stringMatching(/^name "a+": 1 to 255 bytes/),
      'encryptKey: key size must be 16, 24 or 32 bytes',
      expect.stringMatching(/^wan.port 99999: /),
    ]);
    expect(await profile.exited).toBe(1);
    expect(profile.errors).toBe('--profile fast: one of lan, brisk, wan, local\n--tags x: not name=value\n');
  });
});
