/** Bytes of output that are kept per check unless configured otherwise (Consul: `check_output_max_size`). */
export const OUTPUT_BYTES_MAX = 4096;

/** The first bytes, cut between characters, and a remark about the rest: what Consul makes of a long TTL note. */
export function truncateHead(output: string, bytesMax: number): string {
  const bytes = Buffer.from(output);
  if (bytes.length <= bytesMax) return output;
  return `${cutHead(bytes, bytesMax).toString()} ... (captured ${bytesMax} of ${bytes.length} bytes)`;
}

/** Never ends inside a UTF-8 sequence: steps back over continuation bytes (10xxxxxx) of a cut one. */
export function cutHead(bytes: Buffer, bytesMax: number): Buffer {
  let end = Math.min(bytes.length, bytesMax);
  while (end > 0 && end < bytes.length && (bytes[end]! & 0xc0) === 0x80) end--;
  return bytes.subarray(0, end);
}

/** Keeps the newest bytes of a stream of any length in constant memory, as Consul does with what a script prints. */
export class TailBuffer {
  private kept = Buffer.alloc(0);
  private written = 0;

  constructor(private readonly bytesMax: number) {}

  write(chunk: Buffer): void {
    this.written += chunk.length;
    const joined = chunk.length >= this.bytesMax ? chunk : Buffer.concat([this.kept, chunk]);
    this.kept = Buffer.from(joined.subarray(Math.max(0, joined.length - this.bytesMax)));
  }

  get isEmpty(): boolean {
    return this.written === 0;
  }

  toString(): string {
    const text = this.kept.toString();
    return this.written > this.kept.length
      ? `Captured ${this.kept.length} of ${this.written} bytes\n...\n${text}`
      : text;
  }
}
