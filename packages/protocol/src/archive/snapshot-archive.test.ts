import { createHash } from 'node:crypto';
import { framed } from './state-frames';
import { readArchive, writeArchive, type ArchiveMeta } from './snapshot-archive';

const STATE = [Buffer.from('first chunk'), Buffer.alloc(3_000, 'second'), Buffer.from([1, 2, 3])];

async function* pieces(...parts: Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* parts;
}

async function whole(parts: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const part of parts) all.push(part);
  return Buffer.concat(all);
}

function metaOf(size: number): ArchiveMeta {
  const Configuration = { Servers: [{ Suffrage: 0, ID: 'id', Address: '127.0.0.1:8300' }] };
  return { Version: 1, ID: '2-14-1', Index: 14, Term: 2, Peers: '', Configuration, ConfigurationIndex: 1, Size: size };
}

async function archive(chunks = STATE): Promise<Buffer> {
  const state = await whole(framed(pieces(...chunks)));
  const sha256 = createHash('sha256').update(state).digest('hex');
  return whole(writeArchive(metaOf(state.length), { size: state.length, sha256, bytes: pieces(state) }, 1_600_000_000));
}

describe('a snapshot file', () => {
  it('gives back what was written, in pieces of any size', async () => {
    const file = await archive();
    for (const size of [1, 7, 1_000_000]) {
      const cut = Array.from({ length: Math.ceil(file.length / size) }, (_, i) =>
        file.subarray(i * size, (i + 1) * size),
      );
      const chunks: Uint8Array[] = [];
      const meta = await readArchive(pieces(...cut), (chunk) => void chunks.push(Buffer.from(chunk)));
      expect([meta.Index, meta.Term, meta.ID]).toEqual([14, 2, '2-14-1']);
      expect(chunks).toEqual(STATE);
    }
  });

  it('may hold nothing', async () => {
    expect((await readArchive(pieces(await archive([])))).Index).toBe(14);
  });

  it('is refused with any one byte changed, whichever it is and however', async () => {
    const file = await archive();
    expect(file.length).toBeLessThan(1_000);
    for (let at = 0; at < file.length; at++) {
      for (const mask of [0xff, 1 << (at % 8)]) {
        const damaged = Buffer.from(file);
        damaged[at]! ^= mask;
        await expect(readArchive(pieces(damaged))).rejects.toMatchObject({ detail: { code: 'SNAPSHOT_ARCHIVE' } });
      }
    }
  });

  it('is refused when it was cut off anywhere or goes on', async () => {
    const file = await archive();
    for (let length = 0; length < file.length; length++) {
      await expect(readArchive(pieces(file.subarray(0, length)))).rejects.toMatchObject({
        detail: { code: 'SNAPSHOT_ARCHIVE' },
      });
    }
    await expect(readArchive(pieces(file, Buffer.from([0])))).rejects.toThrow('damaged');
  });

  it.each([
    ['text', Buffer.from('127.0.0.1 localhost\n'), 'failed to decompress snapshot: gzip: invalid header'],
    ['nothing', Buffer.alloc(0), 'failed to decompress snapshot: EOF'],
  ])('says so when it is %s', async (_what, bytes, message) => {
    await expect(readArchive(pieces(bytes))).rejects.toThrow(message);
  });

  it('fails when its source fails', async () => {
    const file = await archive();
    const broken = async function* (): AsyncGenerator<Uint8Array> {
      yield file.subarray(0, 100);
      throw new Error('the disk is gone');
    };
    await expect(readArchive(broken())).rejects.toThrow('the disk is gone');
  });
});
