import { createSocket } from 'node:dgram';
import { seededRandom } from '@tribune/platform';
import type { Message } from '../core/messages';
import { PacketCodec } from '../transport/codec/packet-codec';
import { Keyring } from '../transport/keyring/keyring';
import { startProcessPool, untilAlive } from './process-pool';

const KEY = Buffer.alloc(32, 1);
const WRONG_KEY = Buffer.alloc(32, 2);
/** Packets between two looks whether the agent still keeps up. */
const BATCH = 500;
const PACKET_BYTES_MAX = 1400;

/** Says that a member which does not exist is there, and that one which does exist is dead: old news, once replayed. */
const NEWS: readonly Message[] = [
  { kind: 'suspect', incarnation: 0, node: 'n1', from: 'n2' },
  { kind: 'dead', incarnation: 0, node: 'n1', from: 'n2' },
];

/** Acceptance row 36: rubbish, packets under a wrong key and replays at an encrypted agent; what it costs in memory. */
export async function soakRubbish(packets: number): Promise<void> {
  const pool = await startProcessPool(3, ['--profile=brisk', `--encrypt=${KEY.toString('base64')}`]);
  const [victim] = pool;
  const socket = createSocket('udp4');
  const next = packetsOf();
  try {
    const before = victim!.cost().residentMiB;
    let most = before;
    for (let sent = 0; sent < packets; sent += BATCH) {
      for (let i = 0; i < BATCH; i++) socket.send(next(sent + i), victim!.ports.lanPort, '127.0.0.1');
      // Its answer means that it has read what came before, or dropped it for good.
      await victim!.membership.localMember();
      most = Math.max(most, victim!.cost().residentMiB);
    }
    await untilAlive(victim!, 3);
    const members = await victim!.membership.members('lan');
    const cells = [`${packets} packets`, `${members.length} members, all alive`];
    process.stdout.write(`| ${[...cells, `memory +${(most - before).toFixed(1)} MiB at most`].join(' | ')} |\n`);
  } finally {
    socket.close();
    await Promise.all(pool.map((agent) => agent.kill()));
  }
}

/** By turns: random bytes, news under a wrong key, a sealed packet with a bit flipped, and the same packet again and again. */
function packetsOf(): (index: number) => Buffer {
  const random = seededRandom(1);
  const sealedWith = (key: Buffer): Buffer => {
    const security = { label: '', keyring: new Keyring([key]), verifyIncoming: true, verifyOutgoing: true };
    return new PacketCodec({ ...security, defaultPort: 1 }).encode(NEWS, true);
  };
  const [replayed, wrong] = [sealedWith(KEY), sealedWith(WRONG_KEY)];
  const flipped = (): Buffer => {
    const packet = Buffer.from(replayed);
    packet[random.integer(packet.length)]! ^= 1 << random.integer(8);
    return packet;
  };
  return (index) => {
    const kinds = [
      () => Buffer.from(random.bytes(1 + random.integer(PACKET_BYTES_MAX))),
      () => wrong,
      flipped,
      () => replayed,
    ];
    return kinds[index % kinds.length]!();
  };
}
