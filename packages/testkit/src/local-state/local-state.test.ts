import { decodeOutcome, encodeCommand, kvGet, Replica, type Command } from '@tribune/state-store';
import { SimClock } from '../sim-clock';
import { LocalState } from './local-state';

const ID = '11111111-1111-1111-1111-111111111111';
const OTHER = '22222222-2222-2222-2222-222222222222';

function scene(ttl = '', lockDelayNs = 0): { clock: SimClock; state: LocalState } {
  const clock = new SimClock();
  const state = new LocalState(clock);
  const node = { id: '', node: 'n1', address: '10.0.0.1', datacenter: 'dc1', taggedAddresses: null, meta: null };
  state.apply({ type: 'register', node, skipNodeUpdate: false, checks: [] });
  for (const id of [ID, OTHER]) {
    const sessionTtl = id === ID ? ttl : '';
    const session = {
      id,
      name: '',
      node: 'n1',
      lockDelayNs,
      behavior: 'release' as const,
      ttl: sessionTtl,
      nodeChecks: null,
      serviceChecks: null,
    };
    state.apply({ type: 'session-create', session });
  }
  return { clock, state };
}

function lock(session: string): Command {
  return { type: 'kv', operation: { verb: 'lock', key: 'k', value: new Uint8Array(0), flags: 0n, session } };
}

test('a proposal is applied at the next revision and its outcome handed back', async () => {
  const { state } = scene();
  const result = await state.propose(encodeCommand(lock(ID)));
  expect(result).toMatchObject({ kind: 'applied', revision: 5 });
  if (result.kind === 'applied') expect(decodeOutcome(result.outcome)).toEqual({ kind: 'done', ok: true });
  expect(state.readFence()).toEqual({ kind: 'confirmed', revision: 5 });
});

test('a session that is not renewed ends after twice its TTL, a renewed one lives on', async () => {
  const { clock, state } = scene('10s');
  clock.advance(19_000);
  expect(await state.renewSession(ID)).toBe('renewed');
  clock.advance(19_000);
  expect(state.view.tables.sessions.get(ID)).toBeDefined();
  clock.advance(1_000);
  expect(state.view.tables.sessions.get(ID)).toBeUndefined();
  expect(await state.renewSession(ID)).toBe('unknown');
});

test('a key of an ended session cannot be locked until its lock delay has passed', () => {
  const { clock, state } = scene('', 3e9);
  state.apply(lock(ID));
  state.apply({ type: 'session-destroy', id: ID });
  expect(state.apply(lock(OTHER))).toEqual({ kind: 'done', ok: false });
  clock.advance(3_000);
  expect(state.apply(lock(OTHER))).toEqual({ kind: 'done', ok: true });
});

test('without a leader there are neither writes nor fences', async () => {
  const { state } = scene();
  state.setLeading(false);
  expect(await state.propose(encodeCommand(lock(ID)))).toEqual({ kind: 'noLeader' });
  expect(state.readFence()).toEqual({ kind: 'noLeader' });
  expect(state.status()).toMatchObject({ isLeader: false, leaderAddress: '' });
});

test('the feed brings a replica to the same rows and ends with its signal', async () => {
  const { state } = scene();
  const stop = new AbortController();
  const feed = state.feed(stop.signal);
  const replica = new Replica('partial');
  replica.subscribe(1, { kind: 'kvPrefix', prefix: 'k' });
  feed.send({ kind: 'subscribe', id: 1, topic: { kind: 'kvPrefix', prefix: 'k' }, fromRevision: 0 });
  state.apply(lock(ID));
  stop.abort();
  for await (const event of feed) replica.receive(event);
  expect(replica.revision).toBe(state.machine.revision);
  expect(kvGet(replica.view.tables, 'k')).toEqual(kvGet(state.view.tables, 'k'));
});

test('stopping leaves no timer', () => {
  const { clock, state } = scene('10s', 3e9);
  state.stop();
  expect(clock.pending).toBe(0);
});
