/** How long a group is without a leader after its leader died, in milliseconds of virtual time (figure 16 of the Raft paper). */
import { seededRandom, type Random } from '@tribune/platform';
import { emptyState } from '../../src/core/config';
import type { Message } from '../../src/core/message';
import { Raft } from '../../src/core/raft';

export interface Timeouts {
  /** Shortest election timeout. */
  readonly baseMs: number;
  /** The longest is this much more. */
  readonly spreadMs: number;
}

const SERVERS = ['a', 'b', 'c', 'd', 'e'];
/** Broadcast time of about 15 ms, as in the paper: a message takes 6 to 9 ms. */
const DELAY_MS_MIN = 6;
const DELAY_MS_SPREAD = 4;
const HEARTBEAT_MS = 75;
export const GIVE_UP_MS = 100_000;

/** One trial: the leader of five falls silent at a random moment between two heartbeats. */
export function leaderlessMs(seed: number, { baseMs, spreadMs }: Timeouts): number {
  const random = seededRandom(seed);
  // The core draws its timeout from [base, base + n); here n is the spread of this line.
  const timeouts: Random = { ...random, integer: () => random.integer(spreadMs + 1) };
  const voters = SERVERS.map((id) => ({ id, address: id }));
  const config = { electionTicks: baseMs, heartbeatTicks: HEARTBEAT_MS, ...LIMITS };
  const rafts = new Map(SERVERS.map((id) => [id, new Raft({ ...config, id }, emptyState, timeouts)]));
  for (const raft of rafts.values()) raft.bootstrap({ voters, outgoing: [], learners: [] });
  const inFlight: { at: number; message: Message }[] = [];
  let nowMs = 0;
  const step = (): void => {
    nowMs++;
    const due = inFlight.filter(({ at }) => at <= nowMs);
    if (due.length > 0) inFlight.splice(0, Infinity, ...inFlight.filter(({ at }) => at > nowMs));
    for (const { message } of due) rafts.get(message.to)?.step(message);
    for (const raft of rafts.values()) {
      raft.tick();
      for (const message of work(raft)) {
        inFlight.push({ at: nowMs + DELAY_MS_MIN + random.integer(DELAY_MS_SPREAD), message });
      }
    }
  };
  rafts.get('a')!.step({ type: 'timeoutNow', from: 'b', to: 'a', term: 1 });
  while (!isLed(rafts.values())) step();
  for (let rest = 200 + random.integer(HEARTBEAT_MS); rest > 0; rest--) step();
  const leader = [...rafts].find(([, raft]) => raft.role === 'leader')![0];
  rafts.delete(leader);
  const diedMs = nowMs;
  while (!isLed(rafts.values()) && nowMs - diedMs < GIVE_UP_MS) step();
  return nowMs - diedMs;
}

/** Disks take no time here. */
function work(raft: Raft): Message[] {
  const messages: Message[] = [];
  for (let ready = raft.ready(); ready; ready = raft.ready()) {
    messages.push(...ready.messages);
    raft.advance(ready);
    if (!ready.persist) continue;
    messages.push(...ready.persist.thenSend);
    raft.persisted(ready.persist);
  }
  return messages;
}

function isLed(rafts: Iterable<Raft>): boolean {
  for (const raft of rafts) if (raft.role === 'leader') return true;
  return false;
}

const LIMITS = {
  appendBytesMax: 1e6,
  inflightAppendsMax: 8,
  uncommittedBytesMax: 1e6,
  persistBytesMax: 1e6,
  applyEntriesMax: 100,
  applyBytesMax: 1e6,
  cacheBytesMax: 1e6,
  promotionLagMax: 100,
  diskStallTicks: 1e6,
};
