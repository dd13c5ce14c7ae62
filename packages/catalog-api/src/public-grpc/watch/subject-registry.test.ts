import type { Command, View } from '@tribune/state-store';
import { LocalState, SimClock } from '@tribune/testkit';
import { publicApiDefaults, type WatchLimits } from '../options';
import { PrefixRouter } from './prefix-router';
import { serviceSource } from './service-source';
import { SubjectRegistry } from './subject-registry';

class World {
  readonly clock = new SimClock();
  readonly state = new LocalState(this.clock);
  readonly subjects: SubjectRegistry;
  readonly prefixes = new PrefixRouter(this.state.view);

  constructor(limits: Partial<WatchLimits> = {}) {
    this.subjects = new SubjectRegistry({ ...publicApiDefaults.watch, ...limits }, this.state.view, this.clock, 'h');
  }

  set(key: string): number {
    const operation = { verb: 'set', key, value: Buffer.from(key), flags: 0n } as const;
    this.state.apply({ type: 'kv', operation } satisfies Command);
    return this.state.machine.revision;
  }

  watch(prefix: string, fromRevision = 0, history = 'h', signal = new AbortController().signal) {
    const subject = { bytesOf: () => 1, open: this.prefixes.source(prefix) };
    return this.subjects.watch(`kv/${prefix}`, subject, { fromRevision, history }, signal)[Symbol.asyncIterator]();
  }
}

describe('watched subjects', () => {
  it('refuse more watches, or more subjects, than they have room for', async () => {
    const world = new World({ watchesMax: 2, subjectsMax: 1 });
    const first = world.watch('a');
    await first.next();
    await expect(world.watch('b').next()).rejects.toMatchObject({ code: 'RESOURCE_EXHAUSTED' });
    const second = world.watch('a');
    await second.next();
    await expect(world.watch('a').next()).rejects.toMatchObject({ code: 'RESOURCE_EXHAUSTED' });
    await second.return(undefined);
    expect((await world.watch('a').next()).value).toMatchObject({ kind: 'snapshot' });
  });

  it('keep their log for those who come back within the idle time, and no longer', async () => {
    const world = new World({ idleMs: 1000 });
    const watch = world.watch('a');
    const { value } = await watch.next();
    await watch.return(undefined);
    world.set('a1');
    world.clock.advance(900);
    const back = world.watch('a', value!.revision === 0 ? 1 : value!.revision);
    expect((await back.next()).value).toMatchObject({ kind: 'delta', upserts: [{ key: 'a1' }] });
    await back.return(undefined);
    world.clock.advance(1100);
    expect(world.subjects.counts).toEqual({ watchers: 0, subjects: 0 });
  });

  it('wait a moment for a revision that this server has not reached, then start over', async () => {
    const world = new World({ catchUpMs: 5000 });
    const revision = world.set('a1');
    const ahead = world.watch('a', revision + 1);
    const event = ahead.next();
    world.set('b');
    expect((await event).value).toMatchObject({ kind: 'delta', revision: revision + 1, upserts: [] });
    const farAhead = world.watch('a', revision + 1_000_000).next();
    world.clock.advance(5001);
    expect((await farAhead).value).toMatchObject({ kind: 'snapshot', revision: revision + 1 });
  });

  it('begin with a snapshot for those who come from another history, whatever their revision', async () => {
    const world = new World();
    const revision = world.set('a1');
    for (const from of [revision, revision + 1_000_000]) {
      expect((await world.watch('a', from, 'of another').next()).value).toMatchObject({
        kind: 'snapshot',
        history: 'h',
      });
    }
  });

  it('end when their watcher leaves, and are not waited for', async () => {
    const world = new World();
    const aborter = new AbortController();
    const watch = world.watch('a', 0, 'h', aborter.signal);
    await watch.next();
    const next = watch.next();
    aborter.abort();
    expect(await next).toEqual({ value: undefined, done: true });
    expect(world.subjects.counts.watchers).toBe(0);
  });

  it('share one evaluation of a service among all its watchers', async () => {
    const world = new World();
    let evaluations = 0;
    const view = countingView(world.state.view, () => evaluations++);
    const subjects = new SubjectRegistry(publicApiDefaults.watch, view, world.clock, 'h');
    const open = () =>
      subjects.watch(
        'service/web',
        { bytesOf: () => 1, open: serviceSource(view, 'web', false) },
        {},
        new AbortController().signal,
      );
    const watches = Array.from({ length: 100 }, open);
    await Promise.all(watches.map((watch) => watch.next()));
    expect(evaluations).toBe(1);
    const events = watches.map((watch) => watch.next());
    const node = { id: '', node: 'n', address: '10.0.0.1', datacenter: 'dc1', taggedAddresses: null, meta: null };
    const service = {
      id: 'web',
      service: 'web',
      kind: '',
      tags: null,
      address: '',
      port: 1,
      taggedAddresses: null,
      meta: null,
    };
    const rest = { weights: { passing: 1, warning: 1 }, enableTagOverride: false, proxy: null, connectNative: false };
    const command: Command = {
      type: 'register',
      node,
      skipNodeUpdate: false,
      service: { ...service, ...rest },
      checks: [],
    };
    world.state.apply(command);
    const received = await Promise.all(events);
    expect(received.every(({ value }) => value?.kind === 'delta' && value.upserts.length === 1)).toBe(true);
    expect(evaluations).toBe(2);
  });
});

/** The same view, counting how often somebody parks on it: a source does so once per evaluation. */
function countingView(view: View, parked: () => void): View {
  return {
    get tables() {
      return view.tables;
    },
    get revision() {
      return view.revision;
    },
    require: (topics) => view.require(topics),
    atLeast: (revision) => view.atLeast(revision),
    park: (keys, wake) => {
      parked();
      return view.park(keys, wake);
    },
    follow: (listener) => view.follow(listener),
  };
}
