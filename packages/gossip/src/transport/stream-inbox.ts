import { LABEL_BYTES_MAX, MessageType, STREAM_BYTES_MAX } from './codec/message-types';
import { StreamFraming } from './codec/stream-codec';
import { malformed, overLimit } from './codec/wire-error';

const INITIAL_BYTES = 4096;
/** A whole message with its label and headers. */
const BYTES_MAX = STREAM_BYTES_MAX + LABEL_BYTES_MAX + 64;

/** Collects the bytes of one stream message; costs at most twice the bytes that really arrived. */
export class StreamInbox {
  private buffer = Buffer.allocUnsafe(INITIAL_BYTES);
  private length = 0;
  private bodyAt: number | undefined;
  private readonly framing = new StreamFraming();

  constructor(private readonly label: string) {}

  get bytes(): number {
    return this.length;
  }

  /** The message from its type byte on, without the label, once it is complete. Throws WireError. */
  push(chunk: Buffer): Buffer | undefined {
    if (this.length + chunk.length > BYTES_MAX) throw overLimit('stream message in bytes', BYTES_MAX);
    this.append(chunk);
    this.bodyAt ??= this.skipLabel();
    if (this.bodyAt === undefined) return undefined;
    const body = this.buffer.subarray(this.bodyAt, this.length);
    const end = this.framing.complete(body);
    return end === undefined ? undefined : body.subarray(0, end);
  }

  private append(chunk: Buffer): void {
    const length = this.length + chunk.length;
    if (length > this.buffer.length) {
      const grown = Buffer.allocUnsafe(Math.max(length, this.buffer.length * 2));
      this.buffer.copy(grown, 0, 0, this.length);
      this.buffer = grown;
    }
    chunk.copy(this.buffer, this.length);
    this.length = length;
  }

  private skipLabel(): number | undefined {
    if (this.length === 0) return undefined;
    if (this.buffer[0] !== MessageType.label) {
      if (this.label !== '') throw malformed('stream has no label');
      return 0;
    }
    if (this.length < 2) return undefined;
    const end = 2 + this.buffer[1]!;
    if (this.length < end) return undefined;
    const label = this.buffer.toString('utf8', 2, end);
    if (end === 2 || label !== this.label) throw malformed('stream is labelled for another pool');
    return end;
  }
}
