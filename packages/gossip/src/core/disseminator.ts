import { isGone, type MemberRecord } from './member-table';
import type { Endpoint, Message } from './messages';
import { retransmitLimit } from './broadcast-queue';
import type { SwimContext } from './swim-context';

/** Cost of a message inside a compound packet, and of the compound header (bytes). */
const COMPOUND_ENTRY_BYTES = 2;
const COMPOUND_HEADER_BYTES = 2;
const MESSAGES_PER_PACKET_MAX = 255;
/** A message of the layer above carries one type byte more. */
const USER_OVERHEAD_BYTES = 1;
/** First protocol with the checksum header. */
const CHECKSUM_PROTOCOL = 5;

/**
 * Spreads news: piggybacked on every packet, and in rounds of its own to a few random members (SWIM §4.1; the
 * separate rounds are memberlist's, they decouple spreading speed from probing speed).
 */
export class Disseminator {
  constructor(private readonly context: SwimContext) {}

  start(nowMs: number): void {
    this.scheduleRound(nowMs + this.context.random.next() * this.context.config.gossipIntervalMs);
  }

  broadcast(message: Message & { readonly node?: string }, finished?: () => void): void {
    const { queue, measure } = this.context;
    queue.add({ message, size: measure(message), name: message.node, finished });
  }

  /** Sends `messages` and fills the packet up with pending broadcasts. */
  send(to: Endpoint, messages: readonly Message[], record?: MemberRecord): void {
    const used = messages.reduce((sum, message) => sum + COMPOUND_ENTRY_BYTES + this.context.measure(message), 0);
    const extra = this.takeBroadcasts(this.capacity() - used);
    this.emit(to, [...messages, ...extra], record);
  }

  /** Sends exactly `messages`. */
  sendAlone(to: Endpoint, messages: readonly Message[], record?: MemberRecord): void {
    this.emit(to, messages, record);
  }

  private capacity(): number {
    const { packetBytesMax, packetOverheadBytes } = this.context.config;
    return packetBytesMax - packetOverheadBytes - COMPOUND_HEADER_BYTES;
  }

  private takeBroadcasts(bytesMax: number): Message[] {
    const { queue, table, config, delegate, measure } = this.context;
    const limit = retransmitLimit(config.retransmitMult, table.size);
    const own = queue.take(COMPOUND_ENTRY_BYTES, bytesMax, limit);
    const used = own.reduce((sum, message) => sum + COMPOUND_ENTRY_BYTES + measure(message), 0);
    return [...own, ...delegate.takeBroadcasts(COMPOUND_ENTRY_BYTES + USER_OVERHEAD_BYTES, bytesMax - used, limit)];
  }

  private emit(to: Endpoint, messages: readonly Message[], record?: MemberRecord): void {
    const checksum = (record?.versions[1] ?? 0) >= CHECKSUM_PROTOCOL;
    for (let i = 0; i < messages.length; i += MESSAGES_PER_PACKET_MAX) {
      this.context.outbox.packet({ to, messages: messages.slice(i, i + MESSAGES_PER_PACKET_MAX), checksum });
    }
  }

  private scheduleRound(atMs: number): void {
    this.context.timers.schedule('gossip', atMs, (nowMs) => {
      // Late rounds are skipped, not made up for.
      this.scheduleRound(Math.max(atMs + this.context.config.gossipIntervalMs, nowMs));
      this.round(nowMs);
    });
  }

  private round(nowMs: number): void {
    const { config, table, random, queue, delegate } = this.context;
    if (queue.length === 0 && !delegate.hasBroadcasts()) return;
    const targets = table.randomMembers(config.gossipNodes, random, (record) => this.mayReceive(record, nowMs));
    for (const record of targets) {
      const messages = this.takeBroadcasts(this.capacity());
      if (messages.length === 0) return;
      this.emit(record, messages, record);
    }
  }

  private mayReceive(record: MemberRecord, nowMs: number): boolean {
    if (record.name === this.context.config.name) return false;
    if (!isGone(record)) return true;
    return record.state === 'dead' && nowMs - record.changedAtMs <= this.context.config.gossipToTheDeadMs;
  }
}
