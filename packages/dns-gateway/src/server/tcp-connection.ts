import type { Socket } from 'node:net';
import type { Clock, Timer } from '@tribune/platform';
import type { DnsBounds } from '../options';
import type { QueryHandler } from './query-handler';

export type ConnectionBounds = Pick<DnsBounds, 'tcpIdleMs' | 'tcpMessageMs' | 'tcpPipelineMax'>;

/** A response queue this long means that the client does not read; it gets no more until it does. */
const UNSENT_BYTES_MAX = 256 * 1024;
const LENGTH_BYTES = 2;

/**
 * One client on TCP (RFC 7766): length-prefixed messages, several under way at once, answered in any order. Time is
 * kept twice: silence between messages, and the age of a message that has begun (a byte now and then does not help).
 */
export class TcpConnection {
  private received: Buffer = Buffer.alloc(0);
  private underWay = 0;
  private ended = false;
  private idle: Timer | undefined;
  private message: Timer | undefined;

  constructor(
    private readonly socket: Socket,
    private readonly bounds: ConnectionBounds,
    private readonly collaborators: {
      readonly handler: QueryHandler;
      readonly clock: Clock;
      readonly active: () => void;
    },
  ) {
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.take(chunk));
    socket.on('end', () => this.finish());
    socket.on('drain', () => this.proceed());
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.cancelTimers());
    this.restartIdle();
  }

  close(): void {
    this.socket.destroy();
  }

  private take(chunk: Buffer): void {
    this.received = this.received.length === 0 ? chunk : Buffer.concat([this.received, chunk]);
    this.proceed();
  }

  /** Answers every complete message that there is room for. */
  private proceed(): void {
    while (this.mayProceed() && this.hasMessage()) {
      const end = LENGTH_BYTES + this.received.readUInt16BE(0);
      const packet = Buffer.from(this.received.subarray(LENGTH_BYTES, end));
      this.received = this.received.subarray(end);
      this.message?.cancel();
      this.message = undefined;
      this.restartIdle();
      this.collaborators.active();
      this.answer(packet);
    }
    if (this.mayProceed()) this.socket.resume();
    else this.socket.pause();
    const hasPart = this.received.length > 0 && !this.hasMessage();
    if (hasPart) this.message ??= this.collaborators.clock.setTimer(this.bounds.tcpMessageMs, () => this.close());
  }

  private mayProceed(): boolean {
    return this.underWay < this.bounds.tcpPipelineMax && this.socket.writableLength < UNSENT_BYTES_MAX;
  }

  private hasMessage(): boolean {
    return this.received.length >= LENGTH_BYTES && this.received.length >= LENGTH_BYTES + this.received.readUInt16BE(0);
  }

  private answer(packet: Buffer): void {
    const response = this.collaborators.handler.handle(packet, 'tcp');
    // Bytes that are no query at all: whatever speaks here does not speak DNS.
    if (!response) return this.close();
    if (!(response instanceof Promise)) return this.send(response);
    this.underWay++;
    void response.then((later) => {
      this.underWay--;
      if (later) this.send(later);
      this.proceed();
      this.endWhenDone();
    });
  }

  private send(response: Buffer): void {
    if (this.socket.destroyed) return;
    const length = Buffer.allocUnsafe(LENGTH_BYTES);
    length.writeUInt16BE(response.length);
    this.socket.cork();
    this.socket.write(length);
    this.socket.write(response);
    this.socket.uncork();
  }

  /** The client has said all; it still gets what it asked for. */
  private finish(): void {
    this.ended = true;
    this.endWhenDone();
  }

  private endWhenDone(): void {
    if (this.ended && this.underWay === 0) this.socket.end();
  }

  private restartIdle(): void {
    this.idle?.cancel();
    this.idle = this.collaborators.clock.setTimer(this.bounds.tcpIdleMs, () => this.close());
  }

  private cancelTimers(): void {
    this.idle?.cancel();
    this.message?.cancel();
  }
}
