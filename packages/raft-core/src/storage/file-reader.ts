import type { FileHandle } from 'node:fs/promises';
import type { TakeBytes } from './snapshot-format';

/** One read: thousands of small ones cost more than the disk does. */
const BLOCK_BYTES = 1024 * 1024;

/** Reads a file front to back, one block ahead of who takes. What was taken is never written over. */
export function sequentialReader(file: FileHandle): TakeBytes {
  let at = 0;
  const readBlock = async (): Promise<Buffer> => {
    const { buffer, bytesRead } = await file.read(Buffer.allocUnsafeSlow(BLOCK_BYTES), 0, BLOCK_BYTES, at);
    at += bytesRead;
    return buffer.subarray(0, bytesRead);
  };
  let left: Buffer = Buffer.alloc(0);
  let next: Promise<Buffer> | undefined;
  return async (count) => {
    const parts: Buffer[] = [];
    for (let missing = count; missing > 0;) {
      if (left.byteLength === 0) {
        left = await (next ?? readBlock());
        if (left.byteLength === 0) break;
        next = readBlock();
        // Whoever takes next hears of a failure; nobody may do so any more.
        next.catch(() => undefined);
      }
      const part = left.subarray(0, missing);
      left = left.subarray(part.byteLength);
      missing -= part.byteLength;
      parts.push(part);
    }
    return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
  };
}
