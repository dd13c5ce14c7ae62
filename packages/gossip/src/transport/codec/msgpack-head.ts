import { malformed } from './wire-error';

/** What the first bytes of a MessagePack value say about the rest of it. */
export interface Head {
  readonly kind: 'nil' | 'boolean' | 'unsigned' | 'signed' | 'float' | 'raw' | 'array' | 'map' | 'extension';
  /** Bytes of type and length. */
  readonly headBytes: number;
  /** Bytes of content directly behind the head. */
  readonly bodyBytes: number;
  /** Values that follow (a map of n has 2n). */
  readonly children: number;
}

/** The head at `at`, or undefined when `bytes` ends within it. */
export function readHead(bytes: Buffer, at: number): Head | undefined {
  const code = bytes[at];
  if (code === undefined) return undefined;
  if (code < 0x80 || code >= 0xe0)
    return { kind: code < 0x80 ? 'unsigned' : 'signed', headBytes: 1, bodyBytes: 0, children: 0 };
  if (code < 0x90) return { kind: 'map', headBytes: 1, bodyBytes: 0, children: 2 * (code & 0x0f) };
  if (code < 0xa0) return { kind: 'array', headBytes: 1, bodyBytes: 0, children: code & 0x0f };
  if (code < 0xc0) return { kind: 'raw', headBytes: 1, bodyBytes: code & 0x1f, children: 0 };
  const format = FORMATS[code - 0xc0];
  if (!format) throw malformed(`MessagePack type 0x${code.toString(16)} does not exist`);
  const { kind, lengthBytes, fixedBytes } = format;
  if (at + 1 + lengthBytes > bytes.length) return undefined;
  const length = lengthBytes === 0 ? 0 : bytes.readUIntBE(at + 1, lengthBytes);
  const headBytes = 1 + lengthBytes;
  if (kind === 'array') return { kind, headBytes, bodyBytes: 0, children: length };
  if (kind === 'map') return { kind, headBytes, bodyBytes: 0, children: 2 * length };
  return { kind, headBytes, bodyBytes: length + fixedBytes, children: 0 };
}

interface Format {
  readonly kind: Head['kind'];
  readonly lengthBytes: number;
  readonly fixedBytes: number;
}

const format = (kind: Head['kind'], lengthBytes: number, fixedBytes = 0): Format => ({ kind, lengthBytes, fixedBytes });

/** By type byte, from 0xc0 on. */
const FORMATS: readonly (Format | undefined)[] = [
  format('nil', 0),
  undefined,
  format('boolean', 0),
  format('boolean', 0),
  ...[1, 2, 4].map((bytes) => format('raw', bytes)),
  ...[1, 2, 4].map((bytes) => format('extension', bytes, 1)),
  format('float', 0, 4),
  format('float', 0, 8),
  ...[1, 2, 4, 8].map((bytes) => format('unsigned', 0, bytes)),
  ...[1, 2, 4, 8].map((bytes) => format('signed', 0, bytes)),
  ...[1, 2, 4, 8, 16].map((bytes) => format('extension', 0, bytes + 1)),
  ...[1, 2, 4].map((bytes) => format('raw', bytes)),
  ...[2, 4].map((bytes) => format('array', bytes)),
  ...[2, 4].map((bytes) => format('map', bytes)),
];

/**
 * Finds the end of a value in a stream that is still arriving: call `scan` with more bytes until it returns an
 * offset. Work is linear in the bytes because it resumes where it stopped, and needs no stack.
 */
export class ValueScanner {
  private remaining = 1;

  constructor(private at: number) {}

  /** Offset behind the value, or undefined when more bytes are needed. `bytes` must start where it started before. */
  scan(bytes: Buffer): number | undefined {
    while (this.remaining > 0) {
      const head = readHead(bytes, this.at);
      if (!head || this.at + head.headBytes + head.bodyBytes > bytes.length) return undefined;
      this.at += head.headBytes + head.bodyBytes;
      this.remaining += head.children - 1;
    }
    return this.at;
  }
}
