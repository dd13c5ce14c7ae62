import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '@tribune/testkit';
import type { AgentProcess } from '../../src/agent-process';
import { flipByte } from '../../src/faults/flip';
import { ServerCluster } from '../../src/server-cluster';
import { IS_SOAK, ROUND_MS, rounds } from '../../src/soak';
import { SteadyWriter } from '../../src/workload/steady-writer';

interface RaftServer {
  readonly ID: string;
  readonly Node: string;
  readonly Voter: boolean;
}

/** Disks that lie, fail, fill up or are gone, under servers that are written to all the time. */
describe('three servers and their disks', () => {
  let cluster: ServerCluster;

  beforeAll(async () => {
    cluster = await ServerCluster.start(3, { prepare: IS_SOAK ? mountSmallDisks : undefined });
  });
  afterAll(async () => {
    await Promise.all(cluster.servers.map((server) => server.kill()));
    if (IS_SOAK) for (const server of cluster.servers) execFileSync('umount', [server.dataFolder]);
    await cluster.dispose();
  });

  async function expectAll(writer: SteadyWriter, prefix: string): Promise<void> {
    expect(writer.acknowledged.length).toBeGreaterThan(0);
    for (const server of cluster.servers) {
      const there = new Set(await server.http.json<string[]>(`/v1/kv/${prefix}?keys&consistent`));
      expect(writer.acknowledged.filter((key) => !there.has(key))).toEqual([]);
    }
  }

  async function written(writer: SteadyWriter, count: number): Promise<void> {
    const goal = writer.acknowledged.length + count;
    await eventually(`${count} more writes`, async () => writer.acknowledged.length >= goal);
  }

  async function raftServers(): Promise<readonly RaftServer[]> {
    const leader = await cluster.leader();
    const { Servers } = await leader.http.json<{ Servers: RaftServer[] }>('/v1/operator/raft/configuration');
    return Servers;
  }

  it(
    'a flipped byte in a log is found, and healed from the others',
    async () => {
      for (let round = 0; round < rounds(1); round++) {
        const prefix = `flip${round}/`;
        const follower = cluster.followersOf(await cluster.leader())[0]!;
        const writer = new SteadyWriter(cluster.servers, prefix, (i) => cluster.servers[i] !== follower).start(50);
        await written(writer, 60);
        await follower.kill();
        flipByte(join(follower.dataFolder, 'raft/log/log'));
        await follower.start().ready();
        await written(writer, 20);
        await writer.stop();
        await follower.process.prints(/this server will not vote before a leader has brought them back/);
        await expectAll(writer, prefix);
      }
    },
    ROUND_MS * rounds(1),
  );

  it(
    'a server that lost its disk comes back under a new id, as a learner first, and votes again',
    async () => {
      for (let round = 0; round < rounds(1); round++) {
        const prefix = `lost${round}/`;
        const follower = cluster.followersOf(await cluster.leader())[0]!;
        const before = (await raftServers()).find(({ Node }) => Node === follower.name)!.ID;
        const writer = new SteadyWriter(cluster.servers, prefix, (i) => cluster.servers[i] !== follower).start(50);
        await written(writer, 20);
        await follower.kill();
        for (const entry of readdirSync(follower.dataFolder))
          rmSync(join(follower.dataFolder, entry), { recursive: true });
        const began = performance.now();
        follower.start();
        await eventually('a voter under a new id', async () => {
          const mine = (await raftServers()).filter(({ Node, ID }) => Node === follower.name || ID === before);
          return mine.length === 1 && mine[0]!.ID !== before && mine[0]!.Voter;
        });
        process.stdout.write(`lost disk: a voter again after ${((performance.now() - began) / 1000).toFixed(1)} s\n`);
        await follower.ready();
        await writer.stop();
        await expectAll(writer, prefix);
      }
    },
    ROUND_MS * rounds(1),
  );

  if (!IS_SOAK) return;

  it.each(['leader', 'follower'])(
    'EIO on fdatasync of the %s: it ends at once, nothing acknowledged is lost',
    async (role) => {
      for (let round = 0; round < rounds(1); round++) {
        const prefix = `eio-${role}${round}/`;
        const leader = await cluster.leader();
        const victim = role === 'leader' ? leader : cluster.followersOf(leader)[0]!;
        const writer = new SteadyWriter(cluster.servers, prefix, (i) => cluster.servers[i] !== victim).start(50);
        await written(writer, 20);
        const strace = failSyncs(victim.process.pid);
        await once(strace.stderr!, 'data');
        const began = performance.now();
        await victim.process.exited;
        process.stdout.write(`EIO on the ${role}: ended after ${(performance.now() - began).toFixed(0)} ms\n`);
        await written(writer, 40);
        await victim.start().ready();
        await writer.stop();
        await expectAll(writer, prefix);
      }
    },
    ROUND_MS * rounds(1),
  );

  it(
    'a full disk of the leader: the lead moves on, nothing acknowledged is lost, and room heals',
    async () => {
      for (let round = 0; round < rounds(1); round++) {
        const prefix = `full${round}/`;
        const leader = await cluster.leader();
        const writer = new SteadyWriter(cluster.servers, prefix, (i) => cluster.servers[i] !== leader).start(50);
        await written(writer, 20);
        const filler = join(leader.dataFolder, 'filler');
        fill(leader.dataFolder, filler);
        const began = performance.now();
        await eventually('another leader', async () => (await cluster.leader()) !== leader);
        process.stdout.write(`full disk: another leader after ${(performance.now() - began).toFixed(0)} ms\n`);
        await written(writer, 40);
        rmSync(filler);
        if (!leader.isRunning) leader.start();
        await leader.ready();
        await writer.stop();
        await expectAll(writer, prefix);
      }
    },
    ROUND_MS * rounds(1),
  );
});

/** A little more than the free space that a server insists on (256 MiB). */
function mountSmallDisks(servers: readonly AgentProcess[]): void {
  for (const { dataFolder } of servers) {
    mkdirSync(dataFolder, { recursive: true });
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=320m', 'tmpfs', dataFolder]);
  }
}

/** To the last byte. */
function fill(folder: string, file: string): void {
  const free = Number(execFileSync('df', ['--output=avail', '-B1', folder]).toString().trim().split('\n').at(-1));
  execFileSync('fallocate', ['-l', String(free), file]);
}

function failSyncs(pid: number): ReturnType<typeof spawn> {
  const faults = ['-e', 'trace=fdatasync,fsync', '-e', 'inject=fdatasync,fsync:error=EIO'];
  return spawn('strace', ['-f', '-p', String(pid), ...faults], { stdio: ['ignore', 'ignore', 'pipe'] });
}
