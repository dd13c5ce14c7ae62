import { Metrics, seededRandom, silentLogger } from '@tribune/platform';
import type { FeedEvent, FeedRequest, FeedStream, Topic } from '@tribune/protocol';
import type { Command, TableName } from '@tribune/state-store';
import { LocalState, SimClock } from '@tribune/testkit';
import { createReplica } from './create-replica';
import type { FeedView, ReplicaOptions } from './feed-view';

/** The feed of a {@link LocalState} through a connection that a test can break and listen to. */
class Wire {
  readonly requests: FeedRequest[] = [];
  reachable = true;
  private current: { breakIt(): void } | undefined;

  constructor(private readonly state: LocalState) {}

  feed(signal: AbortSignal): FeedStream {
    if (!this.reachable) throw new Error('nobody listens');
    const inner = this.state.feed(signal);
    let broken = false;
    this.current = {
      breakIt: () => {
        broken = true;
        inner.close();
      },
    };
    const requests = this.requests;
    return {
      send: (request) => {
        requests.push(request);
        inner.send(request);
      },
      close: () => inner.close(),
      async *[Symbol.asyncIterator](): AsyncIterator<FeedEvent> {
        yield* inner;
        if (broken) throw new Error('the connection broke');
      },
    };
  }

  breakIt(): void {
    this.current?.breakIt();
  }
}

class World {
  readonly clock = new SimClock();
  readonly state = new LocalState(this.clock);
  readonly wire = new Wire(this.state);
  readonly view: FeedView;

  constructor(options: ReplicaOptions) {
    const metrics = new Metrics();
    this.view = createReplica(options, {
      state: this.wire,
      clock: this.clock,
      random: seededRandom(1),
      logger: silentLogger,
      metrics,
    });
  }

  set(key: string, value: string): void {
    const operation = { verb: 'set', key, value: Buffer.from(value), flags: 0n } as const;
    this.state.apply({ type: 'kv', operation } satisfies Command);
  }

  value(key: string): string | undefined {
    const entry = this.view.tables.kv.get(key);
    return entry && Buffer.from(entry.value).toString();
  }

  settle(ms = 0): Promise<void> {
    return this.clock.elapse(ms);
  }
}

const prefix = (text: string): Topic => ({ kind: 'kvPrefix', prefix: text });

describe('a full view', () => {
  let world: World;
  beforeEach(async () => {
    world = new World({ topics: 'all' });
    world.set('a', '1');
    await world.view.start();
    await world.settle();
  });
  afterEach(() => world.view.stop());

  it('holds what the servers hold and follows them', async () => {
    expect(world.value('a')).toBe('1');
    world.set('a', '2');
    await world.view.atLeast(world.state.machine.revision);
    expect(world.value('a')).toBe('2');
    expect(world.view.readiness()).toEqual({ ready: true });
  });

  it('whose state is replaced compares only the tables that somebody follows', async () => {
    const other = new World({ topics: 'all' });
    other.set('a', '1');
    const sessions: string[] = [];
    const kv: string[] = [];
    const listen = (heard: string[], tables: readonly TableName[]): (() => void) =>
      other.view.follow((_revision, deltas) => heard.push(...deltas.map(({ table }) => table)), tables);
    const unfollow = listen(sessions, ['sessions']);
    await other.view.start();
    await other.settle();
    expect(other.value('a')).toBe('1');
    expect(sessions).toEqual([]);
    unfollow();
    listen(kv, ['kv']);
    other.set('b', '2');
    await other.view.atLeast(other.state.machine.revision);
    expect(kv).toContain('kv');
    await other.view.stop();
  });

  it('needs no topics', () => {
    expect(world.view.require([prefix('a')])).toBeUndefined();
  });

  it('keeps what it has while nobody can be reached, and says so', async () => {
    world.wire.reachable = false;
    world.wire.breakIt();
    await world.settle();
    expect(world.value('a')).toBe('1');
    expect(world.view.readiness()).toMatchObject({ ready: false, reason: expect.stringContaining('stale') });
  });

  it('continues from its revision when the feed comes back', async () => {
    world.wire.reachable = false;
    world.wire.breakIt();
    await world.settle(500);
    const { revision } = world.view;
    world.set('b', '2');
    world.wire.reachable = true;
    await world.settle(2_000);
    expect(world.wire.requests.at(-1)).toMatchObject({ kind: 'subscribe', fromRevision: revision });
    expect([world.value('a'), world.value('b')]).toEqual(['1', '2']);
  });

  it('wakes who is parked on a row that changes, and nobody else', async () => {
    const woken: string[] = [];
    world.view.park(['kv/a'], () => woken.push('a'));
    world.view.park(['kv/b'], () => woken.push('b'));
    world.set('b', '1');
    await world.settle();
    expect(woken).toEqual(['b']);
  });
});

describe('a partial view', () => {
  let world: World;
  const open = async (options: Partial<ReplicaOptions> = {}): Promise<void> => {
    world = new World({ topics: 'on-demand', ...options });
    world.set('a/1', '1');
    world.set('b/1', '1');
    await world.view.start();
    await world.settle();
  };
  afterEach(() => world.view.stop());

  const unsubscribed = (): number => world.wire.requests.filter(({ kind }) => kind === 'unsubscribe').length;

  it('is ready with nothing in it, and holds a topic once it was asked for', async () => {
    await open();
    expect(world.view.readiness()).toEqual({ ready: true });
    expect(world.value('a/1')).toBeUndefined();
    const required = world.view.require([prefix('a/')]);
    await world.settle();
    await required;
    expect([world.value('a/1'), world.value('b/1')]).toEqual(['1', undefined]);
    expect(world.view.require([prefix('a/')])).toBeUndefined();
  });

  it('asks for a revision that a reader needs', async () => {
    await open();
    void world.view.require([prefix('a/')]);
    await world.settle();
    world.set('b/2', 'x');
    const reached = world.view.atLeast(world.state.machine.revision + 1);
    expect(world.wire.requests.at(-1)).toEqual({ kind: 'await', revision: world.state.machine.revision + 1 });
    world.set('a/2', 'y');
    await world.settle();
    await reached;
    expect(world.value('a/2')).toBe('y');
  });

  it('lets a topic go when nobody has used it for a minute', async () => {
    await open();
    void world.view.require([prefix('a/')]);
    await world.settle(59_000);
    expect(unsubscribed()).toBe(0);
    await world.settle(20_000);
    expect(unsubscribed()).toBe(1);
    expect(world.value('a/1')).toBeUndefined();
  });

  it('keeps a topic while a request is parked on it', async () => {
    await open();
    void world.view.require([prefix('a/')]);
    await world.settle();
    const cancel = world.view.park(['kv-prefix/a/'], () => undefined);
    await world.settle(300_000);
    expect(world.value('a/1')).toBe('1');
    cancel();
    await world.settle(80_000);
    expect(world.value('a/1')).toBeUndefined();
  });

  it('lets the least recently used topic go when it follows too many', async () => {
    await open({ topicsMax: 2 });
    for (const name of ['a/', 'b/', 'a/', 'c/']) {
      void world.view.require([prefix(name)]);
      await world.settle(10);
    }
    expect([world.value('a/1'), world.value('b/1')]).toEqual(['1', undefined]);
  });

  it('refuses a topic when all it follows are in use', async () => {
    await open({ topicsMax: 1 });
    void world.view.require([prefix('a/')]);
    await world.settle();
    world.view.park(['kv/a/1'], () => undefined);
    expect(() => world.view.require([prefix('b/')])).toThrow('follows 1 services and prefixes already');
  });

  it('tells a reader when no server answers in time', async () => {
    await open();
    world.wire.reachable = false;
    world.wire.breakIt();
    await world.settle();
    const required = expect(world.view.require([prefix('a/')])).rejects.toMatchObject({ code: 'REPLICA_UNREACHABLE' });
    await world.settle(10_000);
    await required;
  });

  it('subscribes to everything again when the feed comes back', async () => {
    await open();
    void world.view.require([prefix('a/')]);
    await world.settle();
    world.wire.breakIt();
    world.set('a/1', '2');
    await world.settle(2_000);
    expect(world.value('a/1')).toBe('2');
  });

  it('hears nothing of a topic that it has let go', async () => {
    await open();
    void world.view.require([prefix('a/')]);
    await world.settle();
    await world.settle(80_000);
    world.set('a/1', '9');
    await world.settle();
    expect(world.value('a/1')).toBeUndefined();
  });
});
