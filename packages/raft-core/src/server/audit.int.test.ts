import { silentLogger, type Logger } from '@tribune/platform';
import { encodeCommand, type Tables } from '@tribune/state-store';
import { FakePool } from '../testing/fake-membership';
import { setKey, TestServer, until, write } from '../testing/test-server';

/** Keeps the errors that are logged. */
function listener(errors: [string, unknown][]): Logger {
  const logger: Logger = {
    ...silentLogger,
    error: (message: string, fields?: unknown) => void errors.push([message, fields]),
    child: () => logger,
  };
  return logger;
}

describe('servers that audit their state', () => {
  it('find the one whose table differs, and name it, index and table', async () => {
    const pool = new FakePool();
    const names = ['one', 'two', 'three'];
    const errors = names.map((): [string, unknown][] => []);
    const servers = await Promise.all(
      names.map((name, i) =>
        TestServer.create(name, pool, {
          bootstrapExpect: 3,
          auditMs: 250,
          logger: listener(errors[i]!),
        }),
      ),
    );
    await Promise.all(servers.map((server) => server.start()));
    await until(() => servers.some((server) => server.isLeader));
    for (let i = 0; i < 50; i++) await write(servers[0]!.state, setKey(`k${i}`, 'v'));
    const rounds = (server: TestServer): number => server.running.view.revision;
    const before = rounds(servers[0]!);
    await until(() => servers.every((server) => rounds(server) >= before + 5));
    const said = (i: number, part: string) => errors[i]!.filter(([message]) => message.includes(part));
    expect([0, 1, 2].flatMap((i) => said(i, 'the state that'))).toEqual([]);
    const tables = servers[1]!.running.view.tables as Tables;
    tables.kv.put({ ...tables.kv.get('k7')!, value: Buffer.from('rotten') });
    await until(() => said(1, 'is quarantined').length > 0);
    expect(said(1, 'is quarantined')[0]![1]).toMatchObject({ table: 'kv', index: expect.any(Number) as number });
    for (const other of [0, 2]) {
      // Round by round, as long as the odd one is there.
      const alarms = () => said(other, 'the state that');
      await until(() => alarms().length > 0);
      for (const [, fields] of alarms()) expect(fields).toMatchObject({ table: 'kv', server: servers[1]!.id });
    }
    await Promise.all(servers.map((server) => server.remove()));
  });

  it.each(['a follower', 'the leader'])('end the odd one for good when it is %s, and go on without it', async (who) => {
    const pool = new FakePool();
    const fatal: [number, Error][] = [];
    const servers = await Promise.all(
      ['one', 'two', 'three'].map((name, i) =>
        TestServer.create(name, pool, {
          bootstrapExpect: 3,
          auditMs: 250,
          spoiledKey: who === 'a follower' && i === 2 ? 'rotten' : undefined,
          onFatal: (error) => void fatal.push([i, error]),
        }),
      ),
    );
    await Promise.all(servers.map((server) => server.start()));
    await until(() => servers.some((server) => server.isLeader));
    let odd = 2;
    if (who === 'a follower') {
      if (servers[2]!.isLeader) await servers[2]!.state.transferLeadership();
      await write(servers[0]!.state, setKey('rotten', 'sound'));
    } else {
      await write(servers[0]!.state, setKey('rotten', 'sound'));
      odd = servers.findIndex((server) => server.isLeader);
      const tables = servers[odd]!.running.view.tables as Tables;
      tables.kv.put({ ...tables.kv.get('rotten')!, value: Buffer.from('spoiled') });
    }
    await until(() => fatal.length > 0);
    expect(fatal.map(([i, error]) => [i, error.message])).toEqual([
      [
        odd,
        expect.stringMatching(/^at index \d+ the table kv of this server was not what a majority of the servers had/),
      ],
    ]);
    await servers[odd]!.stop();
    await expect(servers[odd]!.start()).rejects.toMatchObject({ code: 'STATE_QUARANTINED' });
    const rest = servers.filter((_, i) => i !== odd);
    await until(() => rest.some((server) => server.isLeader));
    await write(rest[0]!.state, setKey('after', '1'));
    expect(fatal).toHaveLength(1);
    await Promise.all(servers.map((server) => server.remove()));
  });

  it('stop at a command of a newer program, and say which', async () => {
    const failures: Error[] = [];
    const settings = { bootstrap: true, onFatal: (error: Error) => void failures.push(error) };
    const server = await (await TestServer.create('one', new FakePool(), settings)).start();
    await until(() => server.isLeader);
    // As if a newer leader had put it on the log: in process nothing looks at it first.
    const result = await server.state.propose(encodeCommand({ type: 'from-the-future' } as never));
    expect(result.kind).toBe('unknown');
    expect(failures.map(({ message }) => message)).toEqual(['command from-the-future is not known to this program']);
    expect((await server.state.propose(encodeCommand(setKey('a', '1')))).kind).not.toBe('applied');
    // It does not skip it after a restart either.
    await server.stop();
    await server.start();
    await until(() => failures.length === 2);
    await server.remove();
  });
});
