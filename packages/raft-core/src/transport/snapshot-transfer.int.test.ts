import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger, systemClock } from '@tribune/platform';
import { GrpcServer } from '@tribune/protocol';
import { freePort } from '@tribune/testkit';
import type { SnapshotMeta } from '../core/message';
import { SnapshotIntake } from '../node/snapshot-intake';
import { FileSnapshotStore } from '../storage/file-snapshot-store';
import { GrpcPeerTransport } from './grpc-peer-transport';
import type { SnapshotHeader } from './peer-transport';

const CHUNKS = 5;
const configuration = { voters: [{ id: 'a', address: 'a:1' }], outgoing: [], learners: [] };
const meta: SnapshotMeta = { index: 9, term: 2, configuration };
const bytes = (tag: string): Buffer[] =>
  Array.from({ length: CHUNKS }, (_, i) => Buffer.alloc(50_000 + i, `${tag} ${i} `));

describe('a snapshot on its way between two servers', () => {
  let folder: string;
  let grpc: GrpcServer;
  let sender: GrpcPeerTransport;
  let intake: SnapshotIntake;
  let store: FileSnapshotStore;
  /** Chunks that came over the wire, stream by stream. */
  let came: number[];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'raft-transfer-'));
    const address = `127.0.0.1:${await freePort()}`;
    const parts = { addressBook: () => address, clock: systemClock, logger: silentLogger };
    const receiver = new GrpcPeerTransport({ id: 'b', address }, parts);
    sender = new GrpcPeerTransport({ id: 'a', address: 'a:1' }, parts);
    store = new FileSnapshotStore(folder, silentLogger);
    await store.open();
    intake = new SnapshotIntake(store, systemClock);
    came = [];
    receiver.attach({
      message: () => undefined,
      peerClosed: () => undefined,
      snapshotProgress: (header) => intake.progress(header),
      snapshot: (header, chunks) => intake.receive(header, counted(chunks)),
    });
    grpc = new GrpcServer({ address }, silentLogger);
    grpc.add('tribune.raft.v1.RaftTransport', receiver.implementation());
    await grpc.start();
    await receiver.start();
    await sender.start();
  });
  afterEach(async () => {
    await sender.stop();
    await intake.stop();
    await grpc.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function* counted(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    const stream = came.push(0) - 1;
    for await (const chunk of chunks) {
      came[stream]!++;
      yield chunk;
    }
  }
  /** Breaks off before chunk `cut` once that many have arrived over there. */
  const send = (file: readonly Buffer[], cut = file.length, snapshot = meta): Promise<void> => {
    const header: SnapshotHeader = { from: 'a', to: 'b', term: 3, meta: snapshot, bytes: 250_010 };
    const earlier = intake.progress(header)?.chunks ?? 0;
    const source = async function* (): AsyncGenerator<Uint8Array> {
      yield* file.slice(0, cut);
      if (cut === file.length) return;
      const stream = came.length;
      while (earlier + (came[stream] ?? came.at(-1) ?? 0) < cut) await new Promise((resolve) => setTimeout(resolve, 2));
      throw new Error('the sender died');
    };
    return sender.sendSnapshot(header, { [Symbol.asyncIterator]: source }, new AbortController().signal);
  };
  const idle = async (): Promise<void> => {
    // The receiver notices a moment after the sender that a stream is gone.
    while (intake.isReceiving) await new Promise((resolve) => setTimeout(resolve, 2));
  };
  const content = async (): Promise<Buffer> => {
    const parts: Uint8Array[] = [];
    for await (const chunk of store.latest()!.chunks()) parts.push(chunk);
    return Buffer.concat(parts);
  };

  it.each([1, 2, 3, 4])('is gone on with where it broke off, before chunk %d', async (cut) => {
    const file = bytes('state');
    await expect(send(file, cut)).rejects.toThrow('the sender died');
    await idle();
    expect(store.latest()).toBeUndefined();
    await send(file);
    expect(came).toEqual([cut, CHUNKS - cut]);
    expect((await content()).equals(Buffer.concat(file))).toBe(true);
    expect((await readdir(folder)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('begins anew when the sender has other bytes under the same index', async () => {
    await expect(send(bytes('one'), 3)).rejects.toThrow('the sender died');
    await idle();
    await send(bytes('other'));
    expect(came).toEqual([3, CHUNKS]);
    expect((await content()).equals(Buffer.concat(bytes('other')))).toBe(true);
  });

  it('begins anew with a snapshot of a later index', async () => {
    await expect(send(bytes('one'), 3)).rejects.toThrow('the sender died');
    await idle();
    await send(bytes('later'), CHUNKS, { ...meta, index: 12 });
    expect(came).toEqual([3, CHUNKS]);
    expect(store.latest()?.meta.index).toBe(12);
  });
});
