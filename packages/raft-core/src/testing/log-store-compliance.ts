import { encodeConfiguration } from '../core/configuration-codec';
import type { Entry, EntryKind } from '../core/message';
import type { LogStore, RestoredLog } from '../storage/log-store';

/** A place where logs live on: `open` gives a store over what the last one left there. */
export interface LogStoreHome {
  open(): LogStore;
  destroy(): Promise<void>;
}

/** Builds entries: `entry({ index: 3, term: 2 })`. */
export function entry({ index, term = 1, kind = 'command', text = `${index}/${term}` }: EntryOptions): Entry {
  return { index, term, kind, data: Uint8Array.from(Buffer.from(text)) };
}

interface EntryOptions {
  readonly index: number;
  readonly term?: number;
  readonly kind?: EntryKind;
  readonly text?: string;
}

export const entries = (from: number, to: number, term = 1): Entry[] =>
  Array.from({ length: to - from + 1 }, (_, i) => entry({ index: from + i, term }));

/** What every log store promises. One line per implementation: `logStoreCompliance('memory', async () => home)`. */
export function logStoreCompliance(name: string, createHome: () => Promise<LogStoreHome>): void {
  describe(`${name} keeps the contract of a log store`, () => {
    let home: LogStoreHome;
    let store: LogStore;
    beforeEach(async () => {
      home = await createHome();
      store = home.open();
      await store.open();
    });
    afterEach(async () => {
      await store.close();
      await home.destroy();
    });
    const reopen = async (): Promise<RestoredLog> => {
      await store.close();
      store = home.open();
      return store.open();
    };
    const readAll = (from: number, to: number): Promise<readonly Entry[]> => store.read(from, to, 1e9);

    it('is empty at first', async () => {
      expect(await reopen()).toMatchObject({
        hardState: { term: 0, votedFor: undefined },
        base: { index: 0, term: 0 },
        lastIndex: 0,
        termStarts: [],
        hasTornTail: false,
      });
    });

    it('returns after a restart what was appended', async () => {
      await store.append({ hardState: { term: 2, votedFor: 'b' }, entries: [...entries(1, 3), ...entries(4, 5, 2)] });
      expect(await reopen()).toMatchObject({
        hardState: { term: 2, votedFor: 'b' },
        lastIndex: 5,
        termStarts: [
          { term: 1, index: 1 },
          { term: 2, index: 4 },
        ],
      });
      expect(await readAll(2, 4)).toEqual([...entries(2, 3), entry({ index: 4, term: 2 })]);
    });

    it('keeps entries when only term and vote change, and the other way round', async () => {
      await store.append({ hardState: { term: 1, votedFor: 'a' }, entries: entries(1, 2) });
      await store.append({ hardState: { term: 7, votedFor: undefined }, entries: [] });
      await store.append({ entries: entries(3, 3) });
      expect(await reopen()).toMatchObject({ hardState: { term: 7, votedFor: undefined }, lastIndex: 3 });
    });

    it('replaces a suffix as one step', async () => {
      await store.append({ entries: entries(1, 9) });
      await store.append({ entries: entries(4, 5, 3) });
      expect(await readAll(3, 9)).toEqual([entry({ index: 3 }), ...entries(4, 5, 3)]);
      expect(await reopen()).toMatchObject({ lastIndex: 5 });
      await store.append({ entries: entries(6, 6, 3) });
      expect((await readAll(1, 9)).map((e) => e.term)).toEqual([1, 1, 1, 3, 3, 3]);
    });

    it('replaces everything from the first entry on', async () => {
      await store.append({ entries: entries(1, 3) });
      await store.append({ entries: entries(1, 1, 2) });
      expect(await reopen()).toMatchObject({ lastIndex: 1, termStarts: [{ term: 2, index: 1 }] });
    });

    it('cuts a read at the byte limit, but returns at least one entry', async () => {
      await store.append({ entries: [1, 2, 3].map((index) => entry({ index, text: 'x'.repeat(1000) })) });
      expect(await store.read(1, 3, 1)).toHaveLength(1);
      expect(await store.read(1, 3, 2500)).toHaveLength(2);
      expect(await store.read(2, 2, 1e9)).toHaveLength(1);
    });

    it('keeps empty and binary data', async () => {
      const data = Uint8Array.from({ length: 256 }, (_, i) => i);
      const both: Entry[] = [
        { index: 1, term: 1, kind: 'noop', data: new Uint8Array(0) },
        { index: 2, term: 1, kind: 'command', data },
      ];
      await store.append({ entries: both });
      await reopen();
      const read = await readAll(1, 2);
      expect(read.map((e) => ({ ...e, data: Uint8Array.from(e.data) }))).toEqual(both);
    });

    it('forgets what was compacted and keeps the rest', async () => {
      await store.append({ entries: [...entries(1, 10), ...entries(11, 20, 2)] });
      await store.compact(12);
      expect(await store.read(12, 20, 1e9)).toEqual([]);
      expect(await readAll(13, 20)).toEqual(entries(13, 20, 2));
      const restored = await reopen();
      expect(restored).toMatchObject({ base: { index: 12, term: 2 }, lastIndex: 20 });
      expect(restored.termStarts).toEqual([{ term: 2, index: 13 }]);
      await store.append({ entries: entries(21, 21, 2) });
      expect(await readAll(20, 21)).toHaveLength(2);
    });

    it('can be compacted to its very end', async () => {
      await store.append({ entries: entries(1, 5) });
      await store.compact(5);
      expect(await reopen()).toMatchObject({ base: { index: 5, term: 1 }, lastIndex: 5, termStarts: [] });
      await store.append({ entries: entries(6, 6) });
      expect(await reopen()).toMatchObject({ lastIndex: 6 });
    });

    it('begins anew behind a snapshot, in the same step as new entries', async () => {
      await store.append({ hardState: { term: 3, votedFor: 'a' }, entries: entries(1, 5) });
      await store.append({ reset: { index: 100, term: 3 }, entries: entries(101, 102, 3) });
      expect(await readAll(101, 102)).toEqual(entries(101, 102, 3));
      expect(await reopen()).toMatchObject({
        hardState: { term: 3, votedFor: 'a' },
        base: { index: 100, term: 3 },
        lastIndex: 102,
        distrustedUpTo: undefined,
      });
    });

    it('remembers what it owes until the log reaches that far again', async () => {
      await store.append({ reset: { index: 5, term: 1 }, distrustedUpTo: 8, entries: [] });
      expect(await reopen()).toMatchObject({ distrustedUpTo: 8 });
      await store.append({ entries: entries(6, 7) });
      expect(await reopen()).toMatchObject({ distrustedUpTo: 8 });
      await store.append({ entries: entries(8, 8) });
      expect(await reopen()).toMatchObject({ distrustedUpTo: undefined, lastIndex: 8 });
    });

    it('names the configurations it holds', async () => {
      const configuration = { voters: [{ id: 'a', address: 'a:1' }], outgoing: [], learners: [] };
      const data = encodeConfiguration(configuration);
      await store.append({ entries: [{ index: 1, term: 1, kind: 'configuration', data }, ...entries(2, 3)] });
      expect((await reopen()).configurations).toEqual([{ index: 1, configuration }]);
    });

    it('says how much room is left', async () => {
      expect(await store.freeBytes()).toBeGreaterThan(0);
    });
  });
}
