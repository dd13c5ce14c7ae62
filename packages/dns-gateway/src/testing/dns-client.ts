import { createSocket } from 'node:dgram';
import { connect } from 'node:net';
import { decode, encode, RECURSION_DESIRED, type Answer, type DecodedPacket, type Packet } from 'dns-packet';

export interface Asked {
  readonly name: string;
  readonly type: string;
  readonly tcp?: boolean;
  /** Size to offer in an OPT record. */
  readonly edns?: number;
  readonly norecurse?: boolean;
}

/** A response as another library reads it, with its records as sorted text. */
export interface Reply {
  readonly rcode: string;
  readonly aa: boolean;
  readonly tc: boolean;
  readonly rd: boolean;
  readonly ra: boolean;
  readonly optSize?: number;
  readonly answer: readonly string[];
  readonly authority: readonly string[];
  readonly additional: readonly string[];
  readonly bytes: Buffer;
}

const RCODES = ['NOERROR', 'FORMERR', 'SERVFAIL', 'NXDOMAIN', 'NOTIMP', 'REFUSED'];

/** Asks a server on loopback; a different implementation of DNS than the one under test. */
export async function ask(port: number, asked: Asked): Promise<Reply> {
  const packet: Packet = {
    id: 4660,
    type: 'query',
    flags: asked.norecurse ? 0 : RECURSION_DESIRED,
    questions: [{ name: asked.name, type: asked.type as 'A' }],
    additionals: asked.edns
      ? [
          {
            type: 'OPT',
            name: '.',
            udpPayloadSize: asked.edns,
            extendedRcode: 0,
            ednsVersion: 0,
            flags: 0,
            flag_do: false,
            options: [],
          },
        ]
      : [],
  };
  return readReply(await exchange(port, encode(packet), asked.tcp ?? false));
}

/** Sends bytes and takes the first response. */
export function exchange(port: number, packet: Buffer, tcp = false): Promise<Buffer> {
  return tcp ? exchangeTcp(port, packet) : exchangeUdp(port, packet);
}

function exchangeUdp(port: number, packet: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const socket = createSocket('udp4');
    socket.once('error', reject);
    socket.once('message', (response) => {
      socket.close();
      resolve(response);
    });
    socket.send(packet, port, '127.0.0.1');
  });
}

function exchangeTcp(port: number, packet: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let received: Buffer = Buffer.alloc(0);
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('closed without a response')));
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      if (received.length < 2 || received.length < 2 + received.readUInt16BE(0)) return;
      socket.destroy();
      resolve(received.subarray(2, 2 + received.readUInt16BE(0)));
    });
    socket.write(framed(packet));
  });
}

/** With the two bytes of length that TCP puts in front. */
export function framed(packet: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(packet.length);
  return Buffer.concat([length, packet]);
}

export function readReply(bytes: Buffer): Reply {
  const packet = decode(bytes);
  const opt = packet.additionals?.find((record) => record.type === 'OPT') as { udpPayloadSize: number } | undefined;
  return {
    rcode: RCODES[bytes[3]! & 0xf] ?? 'unknown',
    ...flagsOf(packet),
    ...(opt ? { optSize: opt.udpPayloadSize } : {}),
    answer: textsOf(packet.answers),
    authority: textsOf(packet.authorities),
    additional: textsOf(packet.additionals),
    bytes,
  };
}

const flagsOf = ({ flag_aa, flag_tc, flag_rd, flag_ra }: DecodedPacket) => ({
  aa: flag_aa,
  tc: flag_tc,
  rd: flag_rd,
  ra: flag_ra,
});

const textsOf = (records: readonly Answer[] | undefined): string[] =>
  (records ?? [])
    .filter((record) => record.type !== 'OPT')
    .map(textOf)
    .sort();

function textOf(record: Answer): string {
  const { name, type } = record;
  const ttl = 'ttl' in record ? record.ttl : 0;
  return `${name}. ${ttl} ${type} ${dataOf(record)}`;
}

function dataOf(record: Answer): string {
  switch (record.type) {
    case 'SRV':
      return `${record.data.priority} ${record.data.weight} ${record.data.port} ${record.data.target}.`;
    case 'SOA': {
      const { mname, rname, refresh, retry, expire, minimum } = record.data;
      return `${mname}. ${rname}. NOW ${refresh} ${retry} ${expire} ${minimum}`;
    }
    case 'TXT':
      return JSON.stringify(Buffer.concat([record.data].flat().map((part) => Buffer.from(part))).toString());
    case 'CNAME':
    case 'NS':
    case 'PTR':
      return `${record.data}.`;
    default:
      return 'data' in record ? String(record.data) : '';
  }
}
