import type { FeedEvent, FeedStream, StateApi, Topic } from '@tribune/protocol';
import { decodeDeltas, decodeOutcome, encodeCommand, type Command } from '@tribune/state-store';
import { proposeKey, setKey, write } from './test-server';

/** Collects what a feed says until a condition holds; the stream stays open. */
class FeedProbe {
  readonly events: FeedEvent[] = [];
  private readonly iterator: AsyncIterator<FeedEvent>;

  constructor(readonly stream: FeedStream) {
    this.iterator = stream[Symbol.asyncIterator]();
  }

  subscribe(id: number, topic: Topic, fromRevision = 0): this {
    this.stream.send({ kind: 'subscribe', id, topic, fromRevision });
    return this;
  }

  /** Reads up to the progress that covers `revision`; resolves with the keys of KV rows seen, in order. */
  async upTo(revision: number): Promise<string[]> {
    const keys: string[] = [];
    for (;;) {
      const { value, done } = await this.iterator.next();
      if (done) throw new Error('the feed ended');
      this.events.push(value);
      if (value.kind !== 'progress') keys.push(...kvKeys(value.rows));
      else if (value.revision >= revision) return keys;
    }
  }

  async ends(): Promise<boolean> {
    for (;;) if ((await this.iterator.next()).done) return true;
  }
}

const kvKeys = (rows: Uint8Array): string[] =>
  decodeDeltas(rows).flatMap((delta) => (delta.table === 'kv' ? [delta.row.key] : []));
const ALL: Topic = { kind: 'all' };

async function applied(state: StateApi, key: string): Promise<number> {
  const result = await proposeKey(state, key, 'v');
  if (result.kind !== 'applied') throw new Error(`${key} was not applied: ${result.kind}`);
  return result.revision;
}

/** What every {@link StateApi} keeps, whatever carries it. `open` gives one that has a leader and an empty KV store. */
export function stateApiCompliance(
  name: string,
  open: () => Promise<{ readonly state: StateApi; close(): Promise<void> }>,
): void {
  describe(`state API: ${name}`, () => {
    let state: StateApi;
    let close: () => Promise<void>;
    let abort: AbortController;

    beforeEach(async () => {
      ({ state, close } = await open());
      abort = new AbortController();
    });
    afterEach(async () => {
      abort.abort();
      await close();
    });
    const feed = (): FeedProbe => new FeedProbe(state.feed(abort.signal));

    describe('propose', () => {
      it('resolves with the revision and the outcome of the command', async () => {
        const first = await proposeKey(state, 'a', '1');
        const second = await proposeKey(state, 'a', '2');
        expect([first.kind, second.kind]).toEqual(['applied', 'applied']);
        if (first.kind !== 'applied' || second.kind !== 'applied') return;
        expect(second.revision).toBeGreaterThan(first.revision);
        expect(decodeOutcome(second.outcome)).toEqual({ kind: 'done', ok: true });
      });

      it('tells a condition that does not hold from one that does', async () => {
        const revision = await applied(state, 'a');
        const cas = (index: number): Command => ({
          type: 'kv',
          operation: { verb: 'cas', key: 'a', value: Buffer.from('2'), flags: 0n, index },
        });
        expect(await write(state, cas(revision + 1000))).toEqual({ kind: 'done', ok: false });
        expect(await write(state, cas(revision))).toEqual({ kind: 'done', ok: true });
      });

      it('applies many at once, each at a revision of its own', async () => {
        const revisions = await Promise.all(Array.from({ length: 300 }, (_, i) => applied(state, `k${i}`)));
        expect(new Set(revisions).size).toBe(300);
      });

      it('refuses what the log does not take, for good', async () => {
        const huge = encodeCommand(setKey('a', 'x'.repeat(3 << 20)));
        expect(await state.propose(huge)).toMatchObject({ kind: 'refused', retryable: false });
        expect((await proposeKey(state, 'a', '1')).kind).toBe('applied');
      });
    });

    describe('readFence', () => {
      it('is at or above every acknowledged write', async () => {
        const revision = await applied(state, 'a');
        const fences = await Promise.all(Array.from({ length: 50 }, () => state.readFence()));
        for (const fence of fences) {
          expect(fence.kind).toBe('confirmed');
          expect((fence as { revision: number }).revision).toBeGreaterThanOrEqual(revision);
        }
      });
    });

    describe('feed', () => {
      it('starts with a snapshot and goes on with every change, in order', async () => {
        const before = await applied(state, 'a');
        const probe = feed().subscribe(1, ALL);
        expect(await probe.upTo(before)).toEqual(['a']);
        expect(probe.events[0]).toMatchObject({ kind: 'snapshot', id: 1, first: true });
        const revisions = await Promise.all(['b', 'c', 'd'].map((key) => applied(state, key)));
        expect(await probe.upTo(Math.max(...revisions))).toEqual(['b', 'c', 'd']);
        const seen = probe.events.map(({ revision }) => revision);
        expect(seen).toEqual([...seen].sort((a, b) => a - b));
      });

      it('continues from a revision without a snapshot and without gaps', async () => {
        const known = await applied(state, 'a');
        await applied(state, 'b');
        const last = await applied(state, 'c');
        const probe = feed().subscribe(1, ALL, known);
        expect(await probe.upTo(last)).toEqual(['b', 'c']);
        expect(probe.events.some(({ kind }) => kind === 'snapshot')).toBe(false);
      });

      it('keeps subscriptions apart', async () => {
        const probe = feed()
          .subscribe(1, { kind: 'kvPrefix', prefix: 'a/' })
          .subscribe(2, { kind: 'kvPrefix', prefix: 'b/' });
        const start = await applied(state, 'other');
        probe.stream.send({ kind: 'await', revision: start });
        await probe.upTo(start);
        await applied(state, 'a/1');
        await applied(state, 'c/1');
        const last = await applied(state, 'b/1');
        probe.events.length = 0;
        await probe.upTo(last);
        const byId = probe.events.flatMap((event) => (event.kind === 'deltas' ? [[event.id, kvKeys(event.rows)]] : []));
        expect(byId).toEqual([
          [1, ['a/1']],
          [2, ['b/1']],
        ]);
      });

      it('sends nothing for a subscription that was given up', async () => {
        const start = await applied(state, 'a/0');
        const probe = feed().subscribe(1, { kind: 'kvPrefix', prefix: 'a/' });
        await probe.upTo(start);
        probe.stream.send({ kind: 'unsubscribe', id: 1 });
        const last = await applied(state, 'a/1');
        probe.stream.send({ kind: 'await', revision: last });
        expect(await probe.upTo(last)).toEqual([]);
      });

      it('tells when a revision is reached that somebody waits for', async () => {
        const probe = feed().subscribe(1, { kind: 'kvPrefix', prefix: 'a/' });
        const start = await applied(state, 'x');
        probe.stream.send({ kind: 'await', revision: start + 2 });
        await applied(state, 'y');
        await applied(state, 'z');
        expect(await probe.upTo(start + 2)).toEqual([]);
      });

      it('ends when its signal aborts', async () => {
        const probe = feed().subscribe(1, ALL);
        await probe.upTo(0);
        const ends = probe.ends();
        abort.abort();
        expect(await ends).toBe(true);
      });
    });

    describe('status and operators', () => {
      it('names the leader and the voters', async () => {
        const revision = await applied(state, 'a');
        await feed().subscribe(1, ALL).upTo(revision);
        const status = await state.status();
        expect(status.leaderAddress).toMatch(/:\d+$/);
        expect(status.peers).toContain(status.leaderAddress);
        expect(status.commitIndex).toBeGreaterThan(0);
        const { servers } = await state.raftConfiguration();
        expect(servers.filter(({ leader }) => leader).map(({ address }) => address)).toEqual([status.leaderAddress]);
      });

      it('does not find a peer that is not there', async () => {
        expect(await state.removePeer({ address: 'nowhere:1' })).toMatchObject({ ok: false, notFound: true });
      });

      it('gives stats in groups of text', async () => {
        const { raft, consul } = await state.stats();
        expect(raft).toMatchObject({ num_peers: expect.any(String), state: expect.stringMatching(/Leader|Follower/) });
        expect(consul).toMatchObject({ server: 'true' });
      });
    });

    it('renews sessions that exist', async () => {
      const id = '11111111-2222-3333-4444-555555555555';
      expect(await state.renewSession(id)).toBe('unknown');
      const node = { id: '', node: 'n', address: '10.0.0.1', datacenter: 'dc1', taggedAddresses: null, meta: null };
      await write(state, { type: 'register', node, skipNodeUpdate: false, checks: [] });
      await write(state, {
        type: 'session-create',
        session: {
          ...{ id, name: '', node: 'n', lockDelayNs: 0, behavior: 'release', ttl: '30s' },
          ...{ nodeChecks: [], serviceChecks: null },
        },
      });
      expect(await state.renewSession(id)).toBe('renewed');
    });
  });
}
