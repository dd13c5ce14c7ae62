import { eventually } from '@tribune/testkit';
import { AgentProcess } from '../src/agent-process';

/** Three servers and two clients, each a process of its own, on loopback. */
describe('a cluster of three servers and two clients', () => {
  const servers: AgentProcess[] = [];
  const clients: AgentProcess[] = [];
  const acknowledged = new Set<string>();
  let written = 0;

  beforeAll(async () => {
    const ports = await Promise.all([0, 1, 2].map(() => AgentProcess.choosePorts()));
    const join = { retry_join: ports.map((port) => `127.0.0.1:${port.serf_lan}`), retry_interval: '1s' };
    for (const [i, port] of ports.entries()) {
      servers.push(await AgentProcess.create(`s${i}`, { server: true, bootstrap_expect: 3, ...join }, port));
    }
    for (const i of [0, 1]) clients.push(await AgentProcess.create(`c${i}`, join));
    for (const agent of [...servers, ...clients]) agent.start();
    await Promise.all([...servers, ...clients].map((agent) => agent.ready()));
  });

  afterAll(async () => {
    await Promise.all([...servers, ...clients].map((agent) => agent.dispose()));
  });

  /** Writes through `agent` until one is acknowledged; every acknowledged key must be there ever after. */
  async function write(agent: AgentProcess): Promise<void> {
    await eventually(`a write through ${agent.name}`, async () => {
      const key = `k${written++}`;
      const answer = await agent.http.send('PUT', `/v1/kv/${key}`, key);
      if (answer.status === 200 && answer.text.trim() === 'true') acknowledged.add(key);
      return acknowledged.has(key);
    });
  }

  async function expectNothingLost(agent: AgentProcess): Promise<void> {
    const keys = new Set(await agent.http.json<string[]>('/v1/kv/?keys&consistent'));
    expect([...acknowledged].filter((key) => !keys.has(key))).toEqual([]);
  }

  async function seesAll(agent: AgentProcess): Promise<void> {
    const isComplete = async (): Promise<boolean> => {
      const members = await agent.http.json<{ Status: number }[]>('/v1/agent/members');
      return members.length === 5 && members.every((member) => member.Status === 1);
    };
    await eventually(`${agent.name} sees five members`, isComplete);
  }

  async function leader(): Promise<AgentProcess> {
    return eventually('a leader', async () => {
      const running = servers.find((server) => server.process.running)!;
      const address = await running.http.json<string>('/v1/status/leader');
      return servers.find((server) => server.process.running && address.endsWith(`:${server.ports.server}`));
    });
  }

  it('knows all its members everywhere, and lists them in the catalog as alive', async () => {
    for (const agent of [...servers, ...clients]) await seesAll(agent);
    await eventually('five nodes pass serfHealth', async () => {
      const checks = await clients[0]!.http.json<{ Node: string }[]>('/v1/health/state/passing');
      return new Set(checks.map((check) => check.Node)).size === 5;
    });
  });

  it('takes writes on followers and clients, and every agent reads them at once', async () => {
    for (const agent of [...servers, ...clients]) {
      await write(agent);
      for (const reader of [...servers, ...clients]) await expectNothingLost(reader);
    }
  });

  it('finds a service that is registered on one client from the other, by HTTP', async () => {
    await clients[0]!.http.put('/v1/agent/service/register', {
      Name: 'web',
      Port: 80,
      Check: { TTL: '60s', Status: 'passing' },
    });
    await eventually('the instance on the other client', async () => {
      const rows = await clients[1]!.http.json<{ Node: { Node: string } }[]>('/v1/health/service/web?passing');
      return rows.length === 1 && rows[0]!.Node.Node === 'c0';
    });
  });

  it('saves and restores through a client, and refuses what was cut off or changed on its way', async () => {
    const [client] = clients as [AgentProcess];
    const restore = async (body: Buffer): Promise<string> => {
      const { status, text } = await client.http.decided('PUT', '/v1/snapshot', body);
      return `${status} ${text}`;
    };
    const file = await eventually('a snapshot', async () => {
      const saved = await fetch(`http://127.0.0.1:${client.ports.http}/v1/snapshot`);
      return saved.status === 200 && Buffer.from(await saved.arrayBuffer());
    });
    await eventually('a later write', () => client.http.put('/v1/kv/later', 'x'));
    const { length } = file;
    for (const at of [10, length >> 2, length >> 1, length - 100, length - 1]) {
      expect([at, await restore(file.subarray(0, at))]).toEqual([at, expect.stringMatching(/^500 failed to /)]);
      const changed = Buffer.from(file);
      changed[at]! ^= 0x20;
      expect([at, await restore(changed)]).toEqual([at, expect.stringMatching(/^500 failed to /)]);
    }
    expect((await servers[0]!.http.decided('GET', '/v1/kv/later?raw')).text).toBe('x');
    expect(await restore(file)).toBe('200 ');
    for (const agent of [...servers, ...clients]) {
      expect((await agent.http.decided('GET', '/v1/kv/later?consistent')).status).toBe(404);
      expect((await agent.http.decided('GET', '/v1/kv/later')).status).toBe(404);
      await expectNothingLost(agent);
    }
  });

  it('elects another leader when the leader is killed, and loses nothing', async () => {
    const killed = await leader();
    for (let i = 0; i < 20; i++) await write(clients[i % 2]!);
    await killed.kill();
    // How long this takes is measured by bin/failover.mjs.
    await write(servers.find((server) => server !== killed)!);
    await expectNothingLost(clients[0]!);
    await killed.start().ready();
    await expectNothingLost(killed);
  });

  it('drops the instances of an agent that is killed from the healthy answers', async () => {
    await clients[0]!.kill();
    await eventually('no healthy instance', async () => {
      const rows = await clients[1]!.http.json<unknown[]>('/v1/health/service/web?passing');
      return rows.length === 0;
    });
    await clients[0]!.start().ready();
    await eventually('healthy again', async () => {
      const checks = await clients[1]!.http.json<{ CheckID: string }[]>(
        '/v1/health/node/c0?filter=Status == passing'.replaceAll(' ', '%20'),
      );
      return checks.some((check) => check.CheckID === 'serfHealth');
    });
  });

  it('has everything after all servers were killed at once and started again', async () => {
    for (let i = 0; i < 20; i++) await write(clients[1]!);
    await Promise.all(servers.map((server) => server.kill()));
    for (const server of servers) server.start();
    await Promise.all(servers.map((server) => server.ready()));
    for (const server of servers) await expectNothingLost(server);
    await write(clients[1]!);
    await expectNothingLost(clients[1]!);
    for (const server of servers) await seesAll(server);
  });

  it('keeps serving when one agent leaves gracefully', async () => {
    await clients[0]!.process.stop('SIGINT');
    await eventually('the node is gone from the catalog', async () => {
      const nodes = await servers[0]!.http.json<{ Node: string }[]>('/v1/catalog/nodes');
      return !nodes.some((node) => node.Node === 'c0');
    });
    await write(servers[1]!);
  });
});
