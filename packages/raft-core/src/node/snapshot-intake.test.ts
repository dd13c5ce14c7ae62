import { createHash } from 'node:crypto';
import { SimClock } from '@tribune/testkit';
import type { SnapshotMeta } from '../core/message';
import type { SnapshotStore } from '../storage/snapshot-store';
import { MemorySnapshotStore } from '../testing/memory-snapshot-store';
import type { SnapshotHeader } from '../transport/peer-transport';
import { SnapshotIntake } from './snapshot-intake';

const configuration = { voters: [{ id: 'a', address: 'a:1' }], outgoing: [], learners: [] };
const metaAt = (index: number): SnapshotMeta => ({ index, term: 2, configuration });
const file = Array.from({ length: 6 }, (_, i) => Buffer.alloc(10 + i, `chunk ${i} `));
const header = (index: number, skipped?: SnapshotHeader['skipped']): SnapshotHeader => ({
  from: 'a',
  to: 'b',
  term: 3,
  meta: metaAt(index),
  bytes: 75,
  skipped,
});

/** The chunks from `from` on; the stream breaks off before chunk `to`, if there is one. */
async function* stream(from = 0, to = file.length): AsyncGenerator<Uint8Array> {
  for (const chunk of file.slice(from, to)) yield chunk;
  if (to < file.length) throw new Error('the stream broke off');
}

async function contentOf(store: SnapshotStore): Promise<string | undefined> {
  const parts: Uint8Array[] = [];
  for await (const chunk of store.latest()?.chunks() ?? []) parts.push(chunk);
  return parts.length > 0 ? Buffer.concat(parts).toString() : undefined;
}

function world() {
  const store = new MemorySnapshotStore();
  const clock = new SimClock();
  return { store, clock, intake: new SnapshotIntake(store, clock) };
}

it.each(file.map((_, cut) => cut))('a stream that breaks off before chunk %d is gone on with there', async (cut) => {
  const { store, intake } = world();
  await expect(intake.receive(header(9), stream(0, cut))).rejects.toThrow('broke off');
  expect(store.latest()).toBeUndefined();
  const progress = intake.progress(header(9));
  const here = file.slice(0, cut);
  expect(progress).toEqual({
    chunks: cut,
    bytes: Buffer.concat(here).length,
    sha256: createHash('sha256').update(Buffer.concat(here)).digest(),
  });
  await intake.receive(header(9, cut > 0 ? progress : undefined), stream(cut));
  expect(store.latest()?.meta).toEqual(metaAt(9));
  expect(await contentOf(store)).toBe(Buffer.concat(file).toString());
  expect(intake.progress(header(9))).toBeUndefined();
});

it('may break off again and again', async () => {
  const { store, intake } = world();
  await expect(intake.receive(header(9), stream(0, 1))).rejects.toThrow();
  for (let cut = 2; cut < file.length; cut++)
    await expect(intake.receive(header(9, intake.progress(header(9))), stream(cut - 1, cut))).rejects.toThrow();
  await intake.receive(header(9, intake.progress(header(9))), stream(file.length - 1));
  expect(await contentOf(store)).toBe(Buffer.concat(file).toString());
});

it('a snapshot of another index takes the place of what is half here', async () => {
  const { store, intake } = world();
  await expect(intake.receive(header(9), stream(0, 3))).rejects.toThrow();
  expect(intake.progress(header(12))).toBeUndefined();
  await expect(intake.receive(header(12, { chunks: 3, bytes: 33 }), stream(3))).rejects.toThrow('is not here');
  await intake.receive(header(12), stream());
  expect(store.latest()?.meta.index).toBe(12);
  expect(await contentOf(store)).toBe(Buffer.concat(file).toString());
  await expect(intake.receive(header(9, { chunks: 3, bytes: 33 }), stream(3))).rejects.toThrow('is not here');
});

it('refuses a rest that begins elsewhere, and keeps what it has', async () => {
  const { store, intake } = world();
  await expect(intake.receive(header(9), stream(0, 3))).rejects.toThrow();
  await expect(intake.receive(header(9, { chunks: 2, bytes: 21 }), stream(2))).rejects.toThrow('is not here');
  await intake.receive(header(9, intake.progress(header(9))), stream(3));
  expect(await contentOf(store)).toBe(Buffer.concat(file).toString());
});

it('takes one at a time', async () => {
  const { store, intake } = world();
  const first = intake.receive(header(9), stream());
  await expect(intake.receive(header(9), stream())).rejects.toThrow('another snapshot is arriving');
  await first;
  expect(await contentOf(store)).toBe(Buffer.concat(file).toString());
});

it('throws away what nobody goes on with', async () => {
  const { clock, intake } = world();
  await expect(intake.receive(header(9), stream(0, 3))).rejects.toThrow();
  clock.advance(59_000);
  expect(intake.progress(header(9))).toMatchObject({ chunks: 3 });
  clock.advance(2_000);
  expect(intake.progress(header(9))).toBeUndefined();
});

it('begins anew after its store failed', async () => {
  const { store, intake } = world();
  const save = jest.spyOn(store, 'save').mockRejectedValueOnce(new Error('no space left'));
  await expect(intake.receive(header(9), stream())).rejects.toThrow('no space left');
  expect(intake.progress(header(9))).toBeUndefined();
  await intake.receive(header(9), stream());
  expect(save).toHaveBeenCalledTimes(2);
  expect(await contentOf(store)).toBe(Buffer.concat(file).toString());
});
