import { crc32 } from 'node:zlib';
import { sleep, type Clock } from '@tribune/platform';
import {
  decodeCommand,
  StateMachine,
  type Command,
  type KvOperation,
  type Outcome,
  type Tables,
} from '@tribune/state-store';
import type { StateMachine as RaftStateMachine } from '../node/state-machine';
import { FeedHub, feedHubDefaults } from './feed/feed-hub';
import { historyDefaults, type HistoryLimits } from './feed/history';
import { StateAudit } from './state-audit';
import { feedSourceOf } from './feed/feed-source';

/** Introduces Raft to the state store: committed commands go in, deltas go to the feed, the outcome to the proposer. */
export class ReplicatedState implements RaftStateMachine {
  readonly machine = new StateMachine();
  readonly feed: FeedHub;
  readonly audit: StateAudit;

  private appliedBytes = 0;

  constructor(
    private readonly clock: Clock,
    history: HistoryLimits = historyDefaults,
    /** Other tables took the place of the old ones, by a snapshot or a restored backup. */
    private readonly onReplaced: () => void = () => undefined,
    voters: () => readonly string[] = () => [],
    /** Of this server's copy alone, the value under this KV key is spoiled: for tests of what finds that. */
    private readonly spoiledKey?: string,
  ) {
    this.audit = new StateAudit(this.machine, clock, voters);
    this.feed = new FeedHub(feedSourceOf(this.machine), clock, { ...feedHubDefaults, history });
  }

  apply(index: number, command: Uint8Array): Outcome {
    this.appliedBytes += command.length;
    const { outcome, deltas, replaced, audit } = this.machine.apply(index, command);
    if (audit?.report) this.audit.heard(audit.report);
    else if (audit) this.audit.mark(index);
    if (this.spoiledKey !== undefined) this.spoil(this.spoiledKey);
    if (replaced) this.replaced(index);
    else this.feed.record(index, deltas, command.length);
    return outcome;
  }

  appliedBatch(index: number): void {
    this.machine.skipTo(index);
    this.feed.commit(index);
  }

  snapshot(): { index: number; chunks: AsyncIterable<Uint8Array> } {
    const { revision, chunks } = this.machine.snapshot();
    const before = this.appliedBytes;
    return { index: revision, chunks: inPassing(chunks(), this.clock, () => this.appliedBytes - before) };
  }

  async restore(chunks: AsyncIterable<Uint8Array>, index: number): Promise<void> {
    const builder = this.machine.restore(index);
    for await (const chunk of inTurns(chunks)) builder.push(chunk);
    builder.finish();
    this.replaced(index);
  }

  private spoil(key: string): void {
    const { kv } = this.machine.view.tables as Tables;
    const row = kv.get(key);
    if (row) kv.put({ ...row, value: Buffer.from('spoiled') });
  }

  private replaced(index: number): void {
    this.feed.reset(index);
    this.onReplaced();
  }
}

/** Of the time of the event loop, how much a snapshot leaves to others for each part that it takes. */
const OTHERS_SHARE = 6;
/** A chunk that took long because the machine is busy is not waited for much longer. Milliseconds. */
const PAUSE_MAX_MS = 20;
/** The log may grow by this before a snapshot hurries. */
const LEEWAY_BYTES = 24 << 20;

/**
 * Nobody waits for a snapshot that is being taken, but many for their writes: it takes a small part of the time. Unless
 * the log grows faster than the snapshot, which is what lets the disk be cleared: then it hurries.
 */
async function* inPassing(
  chunks: Iterable<Uint8Array>,
  clock: Clock,
  loggedBytes: () => number,
): AsyncGenerator<Uint8Array> {
  const iterator = chunks[Symbol.iterator]();
  for (let bytes = 0; ;) {
    const startedMs = clock.monotonicMs();
    const next = iterator.next();
    if (next.done) return;
    const tookMs = clock.monotonicMs() - startedMs;
    yield next.value;
    bytes += next.value.length;
    if (loggedBytes() > Math.max(bytes, LEEWAY_BYTES)) await new Promise(setImmediate);
    else await sleep(clock, Math.min(tookMs * OTHERS_SHARE, PAUSE_MAX_MS));
  }
}

/** Each chunk in a turn of its own: heartbeats go on while a large state is read. */
async function* inTurns(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    yield chunk;
    await new Promise(setImmediate);
  }
}

const COMMANDS: Record<Command['type'], true> = {
  register: true,
  deregister: true,
  kv: true,
  txn: true,
  'session-create': true,
  'session-destroy': true,
  'lock-delay-expire': true,
  'tombstone-reap': true,
  'coordinate-update': true,
  setting: true,
  'restore-begin': true,
  'restore-chunk': true,
  'restore-commit': true,
  'restore-abort': true,
  audit: true,
};
const KV_VERBS: Record<KvOperation['verb'], true> = {
  set: true,
  cas: true,
  lock: true,
  unlock: true,
  delete: true,
  'delete-cas': true,
  'delete-tree': true,
};

/**
 * Why these bytes must not reach the log, or undefined. A command that a server cannot apply stops it, so what comes
 * from another process (which may run a newer version) is looked at before it is proposed.
 */
export function commandProblem(bytes: Uint8Array): string | undefined {
  try {
    const command = decodeCommand(bytes);
    if (!(command.type in COMMANDS)) return `commands of type ${String(command.type)} are not known here`;
    if (command.type === 'restore-chunk' && command.checksum !== undefined && crc32(command.rows) !== command.checksum)
      return `rows ${command.sequence} of the restore were damaged on their way`;
    if (command.type === 'kv' && !(command.operation.verb in KV_VERBS)) return 'this KV operation is not known here';
    return undefined;
  } catch (error) {
    return `the command cannot be decoded: ${error instanceof Error ? error.message : String(error)}`;
  }
}
