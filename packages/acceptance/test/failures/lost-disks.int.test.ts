import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '@tribune/testkit';
import type { AgentProcess } from '../../src/agent-process';
import { flipText } from '../../src/faults/flip';
import { ServerCluster } from '../../src/server-cluster';
import { bound } from '../../src/soak';

interface RaftServer {
  readonly Node: string;
  readonly Voter: boolean;
}

/** Disks that a majority lost or that all lie about: what can be saved is saved, and nobody makes anything up. */
describe('three servers', () => {
  let cluster: ServerCluster;

  beforeAll(async () => {
    // A new server votes when it was healthy for that long: ten seconds by default.
    const configuration = { autopilot: { server_stabilization_time: `${bound(10, 1)}s` } };
    cluster = await ServerCluster.start(3, { configuration });
  });
  afterAll(() => cluster.dispose());

  const written = (server: AgentProcess, key: string, value: string): Promise<unknown> =>
    eventually(`${key} is written`, async () => (await server.http.send('PUT', `/v1/kv/${key}`, value)).status === 200);

  const killAll = (): Promise<unknown> => Promise.all(cluster.servers.map((server) => server.kill()));

  it('of which two lost their disks: the third serves what was committed, and the others come back (docs/operations.md)', async () => {
    const keys = Array.from({ length: 50 }, (_, i) => `kept/${i}`);
    for (const [i, key] of keys.entries()) await written(cluster.servers[i % 3]!, key, key);
    const [survivor, ...lost] = cluster.servers as [AgentProcess, AgentProcess, AgentProcess];
    await eventually('the survivor has all', async () => {
      const there = await survivor.http.json<string[]>('/v1/kv/kept/?keys&stale');
      return there.length === keys.length;
    });
    await killAll();
    for (const { dataFolder } of lost) {
      for (const entry of readdirSync(dataFolder)) rmSync(join(dataFolder, entry), { recursive: true });
    }

    // "Lost quorum", step by step. 1: all survivors are stopped. 2: peers.json names them.
    const began = performance.now();
    const id = readFileSync(join(survivor.dataFolder, 'node-id'), 'utf8').trim();
    const peers = join(survivor.dataFolder, 'raft/peers.json');
    writeFileSync(peers, JSON.stringify([{ id, address: `127.0.0.1:${survivor.ports.server}`, non_voter: false }]));
    // 3: it starts, says so, deletes the file and leads.
    await survivor.start().ready();
    await survivor.process.prints(/recovering a lost quorum/);
    expect(existsSync(peers)).toBe(false);
    expect((await survivor.http.json<string[]>('/v1/kv/kept/?keys&consistent')).sort()).toEqual([...keys].sort());
    await written(survivor, 'kept-alone', 'written by one');
    const aloneMs = performance.now() - began;
    // 4: new servers with empty data folders.
    for (const server of lost) server.start();
    await eventually('three voters', async () => {
      const { Servers } = await survivor.http.json<{ Servers: RaftServer[] }>('/v1/operator/raft/configuration');
      return Servers.length === 3 && Servers.every(({ Voter }) => Voter);
    });
    await cluster.ready();
    for (const server of lost) {
      expect((await server.http.send('GET', '/v1/kv/kept-alone?raw&stale')).text).toBe('written by one');
    }
    const threeMs = performance.now() - began;
    process.stdout.write(
      `two disks lost: one serves after ${aloneMs.toFixed(0)} ms, three after ${threeMs.toFixed(0)} ms\n`,
    );
  });

  it('whose logs are damaged at the same entry: none leads, each says why, and nobody serves a wrong value', async () => {
    const value = 'the-entry-that-rots';
    await written(cluster.servers[0]!, 'rotten', value);
    for (let i = 0; i < 20; i++) await written(cluster.servers[i % 3]!, `after/${i}`, 'x');
    await eventually('all have all', async () => {
      const counts = await Promise.all(
        cluster.servers.map(async ({ http }) => (await http.json<string[]>('/v1/kv/after/?keys&stale')).length),
      );
      return counts.every((count) => count === 20);
    });
    await killAll();
    for (const { dataFolder } of cluster.servers) flipText(join(dataFolder, 'raft/log/log'), value);
    for (const server of cluster.servers) server.start();
    for (const { name, process, http } of cluster.servers) {
      await process.prints(/this server will not vote before/);
      await eventually(`${name} is up`, () => http.send('GET', '/v1/status/leader'));
    }
    for (let i = 0; i < 20; i++) {
      for (const { http } of cluster.servers) {
        expect((await http.send('GET', '/v1/status/leader')).text.trim()).toBe('""');
        const answer = await http.send('GET', '/v1/kv/rotten?raw&stale');
        expect([`200 ${value}`, '404 ', '500 No cluster leader']).toContain(`${answer.status} ${answer.text}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  });
});
