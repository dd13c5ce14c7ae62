import { decodeSerf, decodeSerfState } from '../src/serf/serf-codec';
import { decodeTags } from '../src/serf/tags-codec';
import { decodeAckPayload } from '../src/serf/coordinates/coordinate-codec';
import { decodeMessage } from '../src/transport/codec/message-codec';
import { MessageType } from '../src/transport/codec/message-types';
import { PacketCodec } from '../src/transport/codec/packet-codec';
import { decodeExchange, openStream } from '../src/transport/codec/stream-codec';
import { atOnce } from '../src/transport/turns';
import { Keyring } from '../src/transport/keyring/keyring';
import type { Message } from '../src/core/messages';

export interface Vector {
  readonly via: 'udp' | 'tcp';
  /** base64; null: not encrypted. */
  readonly key: string | null;
  readonly hex: string;
}

/** Everything that a packet or stream of a real agent says, in plain JSON. */
export function decodedVector({ via, key, hex }: Vector): unknown {
  const keyring = key === null ? undefined : new Keyring([Buffer.from(key, 'base64')]);
  const security = { label: '', keyring, verifyIncoming: true, verifyOutgoing: true };
  const bytes = Buffer.from(hex, 'hex');
  if (via === 'tcp') return plain(decodedStream(atOnce(openStream(bytes, security))));
  const problems: unknown[] = [];
  const messages = new PacketCodec({ ...security, defaultPort: 1 }).decode(bytes, (problem) => problems.push(problem));
  return plain([...messages.map(readable), ...problems.map(String)]);
}

function decodedStream(body: Buffer): unknown {
  if (body[0] !== MessageType.pushPull) return readable(decodeMessage(body, 1));
  const { join, states, userState } = atOnce(decodeExchange(body, 1));
  const serf = decodeSerfState(Buffer.from(userState));
  return {
    join,
    states: states.map(({ meta, ...state }) => ({ ...state, tags: decodeTags(meta) })),
    serf: { ...serf, statusLtimes: Object.fromEntries(serf.statusLtimes) },
  };
}

function readable(message: Message): unknown {
  if (message.kind === 'user') return decodeSerf(Buffer.from(message.body));
  if (message.kind === 'alive') return { ...message, meta: undefined, tags: decodeTags(message.meta) };
  if (message.kind === 'ack') return { ...message, payload: undefined, coordinate: decodeAckPayload(message.payload) };
  return message;
}

/** Bytes become text, so that the fixture can be read and reviewed. */
function plain(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_, inner: unknown) => {
      const bytes = inner as { type?: string; data?: number[] } | null;
      return bytes?.type === 'Buffer' ? Buffer.from(bytes.data ?? []).toString('latin1') : inner;
    }),
  );
}
