import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '@tribune/testkit';
import { AgentProcess } from '../src/agent-process';
import { Child, TRIBUNE } from '../src/child';

interface Row {
  readonly name: string;
  readonly id: string;
  readonly address: string;
  readonly isLeader: boolean;
  readonly isVoter: boolean;
}

/** What operators do, by the command line, with three servers and a client that are processes of their own. */
describe('operators of three servers', () => {
  const servers: AgentProcess[] = [];
  let client: AgentProcess;

  beforeAll(async () => {
    const ports = await Promise.all([0, 1, 2].map(() => AgentProcess.choosePorts()));
    const join = { retry_join: ports.map((port) => `127.0.0.1:${port.serf_lan}`), retry_interval: '1s' };
    // Else a server that is dead is soon taken out by itself, and there is nothing left to do by hand.
    const autopilot = { cleanup_dead_servers: false, server_stabilization_time: '1s' };
    for (const [i, port] of ports.entries())
      servers.push(await AgentProcess.create(`s${i}`, { server: true, bootstrap_expect: 3, autopilot, ...join }, port));
    client = await AgentProcess.create('c0', join);
    for (const agent of [...servers, client]) agent.start();
    await Promise.all([...servers, client].map((agent) => agent.ready()));
    await eventually('three voters', async () => (await peers(client)).filter(({ isVoter }) => isVoter).length === 3);
  });
  afterAll(() => Promise.all([...servers, client].map((agent) => agent.dispose())));

  /** One command line to its end. */
  async function tribune(
    at: AgentProcess,
    words: string,
    ...rest: string[]
  ): Promise<{ code: number; printed: string }> {
    const argv = [TRIBUNE, ...words.split(' '), `-http-addr=127.0.0.1:${at.ports.http}`, ...rest];
    const command = new Child(words, argv);
    const { code } = await command.ended;
    return { code: code ?? -1, printed: command.output };
  }

  /** `operator raft list-peers`, which must succeed. */
  async function peers(at: AgentProcess): Promise<Row[]> {
    const { code, printed } = await tribune(at, 'operator raft list-peers');
    if (code !== 0) throw new Error(printed);
    const [head, ...lines] = printed.trimEnd().split('\n');
    expect(head).toMatch(/^Node +ID +Address +State +Voter +RaftProtocol$/);
    return lines.map((line) => {
      const [name, id, address, state, voter] = line.split(/ +/) as [string, string, string, string, string];
      return { name, id, address, isLeader: state === 'leader', isVoter: voter === 'true' };
    });
  }

  /** The peer that all servers in `among` name as leader. */
  function leader(among: readonly AgentProcess[] = servers): Promise<Row> {
    return eventually('a leader that all name', async () => {
      const [first, ...others] = await Promise.all(among.map(async (server) => (await peers(server)).find(isLeader)));
      return first !== undefined && others.every((other) => other?.id === first.id) && first;
    });
  }
  const isLeader = (row: Row): boolean => row.isLeader;
  const serverOf = ({ name }: Row): AgentProcess => servers.find((server) => server.name === name)!;

  const write = (at: AgentProcess, key: string): Promise<unknown> =>
    eventually(`${key} is written`, async () => (await tribune(at, 'kv put', key, key)).code === 0);

  const read = async (at: AgentProcess, key: string): Promise<string> =>
    eventually(`${key} is read`, async () => {
      const { code, printed } = await tribune(at, 'kv get', key);
      return code === 0 && printed.trim();
    });

  it('list the peers through any agent', async () => {
    const rows = await peers(client);
    expect(rows.map(({ name }) => name).sort()).toEqual(['s0', 's1', 's2']);
    for (const row of rows) expect(row.address).toBe(`127.0.0.1:${serverOf(row).ports.server}`);
    expect((await leader()).isVoter).toBe(true);
  });

  it('hand the lead to a server by its id, through any agent', async () => {
    // A busy machine may elect in between; the server that is named must lead right after one of the attempts.
    await eventually('the server that was named leads', async () => {
      const target = (await peers(client)).find((row) => !row.isLeader)!;
      const { code, printed } = await tribune(client, 'operator raft transfer-leader', `-id=${target.id}`);
      if (code !== 0) throw new Error(printed);
      expect(printed).toBe('Success\n');
      return (await leader()).id === target.id;
    });
    expect(await tribune(client, 'operator raft transfer-leader', '-id=nobody')).toMatchObject({ code: 1 });
  });

  it('take out a server that is gone for good, by its id, and another that replaces it votes', async () => {
    await write(client, 'before');
    const gone = (await peers(client)).find((row) => !row.isLeader)!;
    const server = serverOf(gone);
    await server.kill();
    const others = servers.filter((each) => each !== server);
    // A server that gossip finds alive would come back in at once.
    for (const other of others) {
      await eventually(`${other.name} finds it failed`, async () =>
        new RegExp(`^${server.name} .* failed `, 'm').test((await tribune(other, 'members')).printed),
      );
    }
    await eventually('the removal', async () => {
      const { code, printed } = await tribune(client, 'operator raft remove-peer', `-id=${gone.id}`);
      if (code !== 0 && !printed.includes('was not found')) throw new Error(printed);
      return code === 0 && printed === `Removed peer with id "${gone.id}"\n`;
    });
    expect((await peers(others[0]!)).map(({ id }) => id)).not.toContain(gone.id);
    const again = await tribune(client, 'operator raft remove-peer', `-id=${gone.id}`);
    expect(again).toMatchObject({
      code: 1,
      printed: expect.stringContaining('was not found in the Raft configuration'),
    });
    for (const entry of readdirSync(server.dataFolder)) rmSync(join(server.dataFolder, entry), { recursive: true });
    await server.start().ready();
    await eventually('a voter with an id of its own', async () => {
      const row = (await peers(client)).find(({ name }) => name === server.name);
      return row !== undefined && row.id !== gone.id && row.isVoter;
    });
    expect(await read(server, 'before')).toBe('before');
  });

  it('bring back a datacenter of which two servers are lost for good, by peers.json', async () => {
    await write(client, 'kept');
    const [survivor, ...lost] = servers as [AgentProcess, AgentProcess, AgentProcess];
    expect(await read(survivor, 'kept')).toBe('kept');
    const { id, address } = (await peers(survivor)).find(({ name }) => name === survivor.name)!;
    await Promise.all(servers.map((server) => server.kill()));
    expect(readFileSync(join(survivor.dataFolder, 'node-id'), 'utf8').trim()).toBe(id);
    writeFileSync(join(survivor.dataFolder, 'raft/peers.json'), JSON.stringify([{ id, address, non_voter: false }]));
    await survivor.start().ready();
    await survivor.process.prints(/recovering a lost quorum/);
    // The client may not have noticed yet that the others are dead; then the survivor takes them in, without a vote.
    const voters = (await peers(survivor)).filter(({ isVoter }) => isVoter);
    expect(voters).toEqual([{ name: survivor.name, id, address, isLeader: true, isVoter: true }]);
    expect(await read(client, 'kept')).toBe('kept');
    for (const server of lost) {
      for (const entry of readdirSync(server.dataFolder)) rmSync(join(server.dataFolder, entry), { recursive: true });
      server.start();
    }
    await eventually('three voters', async () => {
      const rows = await peers(client);
      return rows.length === 3 && rows.every(({ isVoter }) => isVoter);
    });
    for (const server of lost) expect(await read(server, 'kept')).toBe('kept');
  });
});
