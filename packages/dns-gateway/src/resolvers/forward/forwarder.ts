import { createSocket } from 'node:dgram';
import { connect, isIPv6 } from 'node:net';
import { shuffle, type Clock, type Logger, type Random } from '@tribune/platform';
import type { DnsSettings } from '../../options';
import { FLAG, HEADER_BYTES } from '../../wire/codes';
import { nameKey } from '../../wire/name';
import { parseQuery } from '../../wire/query';
import { parseRecursor, type RecursorAddress } from './recursor-address';

export type Transport = 'udp' | 'tcp';

export interface ForwardCollaborators {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** A recursor did not answer, or answered rubbish. */
  readonly failed: (recursor: string) => void;
}

/** Asks the recursors, one after the other, what we are not the authority for. */
export class Forwarder {
  constructor(
    private readonly settings: () => Pick<DnsSettings, 'recursors' | 'recursorStrategy' | 'recursorTimeoutMs'>,
    private readonly collaborators: ForwardCollaborators,
  ) {}

  /** The first answer, under the id of the request; undefined when no recursor gave one. */
  async forward(request: Buffer, transport: Transport, signal: AbortSignal): Promise<Buffer | undefined> {
    const { recursors, recursorStrategy, recursorTimeoutMs } = this.settings();
    const order = recursorStrategy === 'random' ? shuffle([...recursors], this.collaborators.random) : recursors;
    for (const recursor of order) {
      const address = parseRecursor(recursor);
      const answer = address && (await this.ask(address, request, transport, recursorTimeoutMs, signal));
      if (answer) {
        answer.writeUInt16BE(request.readUInt16BE(0), 0);
        return answer;
      }
      if (signal.aborted) return undefined;
      this.collaborators.failed(recursor);
      this.collaborators.logger.debug('recursor failed', { recursor, transport });
    }
    return undefined;
  }

  /** A fresh socket and a random id per question: what a spoofer would have to guess (RFC 5452). */
  private ask(
    address: RecursorAddress,
    request: Buffer,
    transport: Transport,
    timeoutMs: number,
    signal: AbortSignal,
  ): Promise<Buffer | undefined> {
    const question = Buffer.from(request);
    question.writeUInt16BE(this.collaborators.random.integer(0x10000), 0);
    const exchange = transport === 'udp' ? askUdp : askTcp;
    return new Promise((resolve) => {
      const timer = this.collaborators.clock.setTimer(timeoutMs, () => settle(undefined));
      const abort = (): void => settle(undefined);
      signal.addEventListener('abort', abort, { once: true });
      const close = exchange(address, question, (packet) => settle(packet));
      function settle(packet: Buffer | undefined): void {
        if (packet && !isAnswerTo(packet, question)) return;
        timer.cancel();
        signal.removeEventListener('abort', abort);
        close();
        resolve(packet);
      }
      if (signal.aborted) settle(undefined);
    });
  }
}

/** Same id and same question; a server that could not read the question may leave it out. */
function isAnswerTo(packet: Buffer, question: Buffer): boolean {
  if (packet.length < HEADER_BYTES || packet.readUInt16BE(0) !== question.readUInt16BE(0)) return false;
  if ((packet.readUInt16BE(2) & FLAG.QR) === 0) return false;
  if (packet.readUInt16BE(4) === 0) return (packet[3]! & 0xf) !== 0;
  const asked = parseQuery(question);
  if (asked.kind !== 'query') return false;
  const end = asked.nameEnd + 4;
  const tail = (bytes: Buffer): string => bytes.toString('hex', asked.nameEnd, end);
  return (
    packet.length >= end &&
    nameKey(packet, HEADER_BYTES, asked.nameEnd) === asked.key &&
    tail(packet) === tail(question)
  );
}

type Exchange = (
  address: RecursorAddress,
  question: Buffer,
  received: (packet: Buffer | undefined) => void,
) => () => void;

const askUdp: Exchange = ({ host, port }, question, received) => {
  const socket = createSocket({
    type: isIPv6(host) ? 'udp6' : 'udp4',
    lookup: (name, _options, done) => done(null, name, 0),
  });
  let isOpen = true;
  const close = (): void => {
    if (isOpen) socket.close();
    isOpen = false;
  };
  // A connected socket takes datagrams from its peer only.
  socket.on('error', () => received(undefined));
  socket.on('message', (packet) => received(packet));
  socket.connect(port, host, () => isOpen && socket.send(question));
  return close;
};

const askTcp: Exchange = ({ host, port }, question, received) => {
  const socket = connect({ host, port });
  let data = Buffer.alloc(0);
  socket.on('error', () => received(undefined));
  socket.on('close', () => received(undefined));
  socket.on('data', (chunk: Buffer) => {
    data = Buffer.concat([data, chunk]);
    if (data.length >= 2 && data.length >= 2 + data.readUInt16BE(0))
      received(data.subarray(2, 2 + data.readUInt16BE(0)));
  });
  const length = Buffer.alloc(2);
  length.writeUInt16BE(question.length);
  socket.write(Buffer.concat([length, question]));
  return () => void socket.destroy();
};
