import { Metrics, seededRandom, silentLogger } from '@tribune/platform';
import type {
  CatalogRegistration,
  KvWatchEvent,
  NodesWatchEvent,
  ServiceNamesWatchEvent,
  ServiceWatchEvent,
  Watch,
} from '@tribune/protocol';
import { createReplica, type FeedView } from '@tribune/replica';
import { LocalState, SimClock } from '@tribune/testkit';
import { publicApiDefaults } from './options';
import { createPublicApi, type PublicApi } from './public-api';

/** Far beyond the minute after which a topic that nobody uses is let go. */
const LONG_MS = 600_000;

function registration(node: string, service: string): CatalogRegistration {
  const nothing = { taggedAddresses: null, meta: null };
  return {
    node: { id: '', node, address: '10.0.0.1', datacenter: '', ...nothing },
    service: {
      ...{ id: '', service, kind: '', tags: null, address: '', port: 1, ...nothing },
      ...{ weights: { passing: 1, warning: 1 }, enableTagOverride: false, proxy: null, connectNative: false },
    },
  };
}

/** A client agent: it holds only the topics that are used here. */
describe('the public API over a partial view', () => {
  const clock = new SimClock();
  let state: LocalState;
  let view: FeedView;
  let api: PublicApi;
  let aborter: AbortController;

  beforeEach(async () => {
    state = new LocalState(clock);
    const ports = { clock, random: seededRandom(1), logger: silentLogger, metrics: new Metrics() };
    view = createReplica({ topics: 'on-demand' }, { ...ports, state });
    await view.start();
    await clock.elapse(0);
    api = createPublicApi(publicApiDefaults, { ...ports, state, view });
    aborter = new AbortController();
  });
  afterEach(async () => {
    aborter.abort();
    api.close();
    await view.stop();
    state.stop();
  });

  /** The feed travels in turns of the event loop: they have to pass for anything to arrive. */
  async function arriving<T>(promise: Promise<T>): Promise<T> {
    let isHere = false;
    const done = promise.finally(() => (isHere = true));
    while (!isHere) await clock.elapse(1);
    return done;
  }

  async function take<Event>(watch: Watch<Event>, count: number, between: () => Promise<unknown>): Promise<Event[]> {
    const iterator = watch[Symbol.asyncIterator]();
    const events: Event[] = [];
    for (let i = 0; i < count; i++) {
      events.push((await arriving(iterator.next())).value as Event);
      await between();
    }
    return events;
  }

  it('reads what was written a moment ago', async () => {
    await arriving(api.kv.put({ key: 'a/1', value: Buffer.from('1') }));
    expect((await arriving(api.kv.get('a/1'))).value).toMatchObject({ key: 'a/1' });
    await arriving(api.catalog.register(registration('n1', 'web')));
    expect((await arriving(api.catalog.instances({ service: 'web' }))).value).toHaveLength(1);
  });

  it('keeps the topics of its watches, however quiet, and tells every change', async () => {
    let round = 0;
    const change = async (): Promise<void> => {
      await clock.elapse(LONG_MS);
      round++;
      await arriving(api.kv.put({ key: `p/${round}`, value: Buffer.from('x') }));
      await arriving(api.catalog.register(registration(`n${round}`, 'web')));
      await arriving(api.catalog.register(registration(`n${round}`, `s${round}`)));
    };
    const nothing = async (): Promise<void> => undefined;
    await change();
    const service: Watch<ServiceWatchEvent> = api.catalog.watch('web', {}, aborter.signal);
    const names: Watch<ServiceNamesWatchEvent> = api.catalog.watchServices({}, aborter.signal);
    const nodes: Watch<NodesWatchEvent> = api.catalog.watchNodes({}, aborter.signal);
    const kv: Watch<KvWatchEvent> = api.kv.watch('p/', {}, aborter.signal);
    const seen = await Promise.all([
      take(service, 3, nothing),
      take(names, 3, nothing),
      take(nodes, 3, nothing),
      take(kv, 3, nothing),
      (async () => {
        await clock.elapse(10);
        await change();
        await change();
      })(),
    ]);
    const kinds = seen.slice(0, 4).map((events) => events!.map(({ kind }) => kind));
    expect(kinds).toEqual(Array(4).fill(['snapshot', 'delta', 'delta']));
    expect(
      seen[3]!.map((event) => (event.kind === 'snapshot' ? event.items : event.upserts).map(({ key }) => key)),
    ).toEqual([['p/1'], ['p/2'], ['p/3']]);
  });
});
