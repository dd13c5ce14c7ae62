/**
 * One follower as the leader sees it: a small state machine that decides how fast to send.
 *
 *            accepted                      rejected / connection closed
 *   probe ─────────────▶ replicate ────────────────────────────────▶ probe
 *     │                      │
 *     └──── log compacted ───┴──▶ snapshot ──── sent, failed or caught up ──▶ probe
 *
 * `probe` looks for the place where the logs agree: one append per heartbeat interval or answer. `replicate` streams:
 * `nextIndex` moves on when an append is sent, not when it is answered, and a small window of unanswered appends
 * bounds memory and latency (R16, R18). `snapshot` sends nothing until the snapshot's fate is known.
 *
 * Invariants: matchIndex < nextIndex; matchIndex never falls within a term; the entries in (matchIndex, nextIndex)
 * are on their way in `replicate`; the window never holds more than `inflightMax` appends.
 */
import { assert } from '@tribune/platform';
import type { LogIndex } from './message';

export type ProgressState = 'probe' | 'replicate' | 'snapshot';

export class Progress {
  state: ProgressState = 'probe';
  matchIndex: LogIndex = 0;
  /** The highest commit index that was sent; lets the leader announce a commit once, without waiting for a heartbeat. */
  sentCommitIndex: LogIndex = 0;
  /** Answered since the last quorum check (R5). */
  recentlyActive = false;
  /** Ticks of the leader since the last answer. */
  silentTicks = 0;
  /** The shell is reading entries for this follower that memory no longer holds. */
  loading = false;
  /** `followerRegressed` was told. */
  hasRegressed = false;
  /** `followerIsForeign` was told. */
  isForeign = false;
  /** A removed server still hears of its removal for this many ticks; undefined for a member. */
  departingTicks: number | undefined;
  private probeSent = false;
  private snapshotIndex: LogIndex = 0;
  /** Last index of each unanswered append, ascending. */
  private readonly inflight: LogIndex[] = [];

  constructor(
    public nextIndex: LogIndex,
    private readonly inflightMax: number,
  ) {}

  get pendingSnapshotIndex(): LogIndex {
    return this.snapshotIndex;
  }

  get windowIsFull(): boolean {
    return this.inflight.length >= this.inflightMax;
  }

  /** No append of any kind may be sent now. */
  get isPaused(): boolean {
    return this.state === 'snapshot' || (this.state === 'probe' && this.probeSent);
  }

  heard(): void {
    this.recentlyActive = true;
    this.silentTicks = 0;
  }

  /** An append with `count` entries from `nextIndex` has left. */
  sent(count: number, commitIndex: LogIndex): void {
    assert(!this.isPaused, 'nothing is sent to a paused follower');
    this.sentCommitIndex = Math.max(this.sentCommitIndex, commitIndex);
    if (this.state === 'probe') {
      this.probeSent = true;
    } else if (count > 0) {
      assert(!this.windowIsFull, 'the in-flight window is bounded');
      this.nextIndex += count;
      this.inflight.push(this.nextIndex - 1);
    }
  }

  /** The follower durably holds everything up to `index`. Returns false for old news. */
  accepted(index: LogIndex): boolean {
    this.releaseUpTo(index);
    const isNews = index > this.matchIndex;
    this.matchIndex = Math.max(this.matchIndex, index);
    this.nextIndex = Math.max(this.nextIndex, this.matchIndex + 1);
    if (this.state === 'probe' || (this.state === 'snapshot' && index >= this.snapshotIndex)) this.becomeReplicate();
    return isNews;
  }

  /** The logs disagree at `rejected`; `agreement` is the last place where they still may not. False for old news. */
  rejected(rejected: LogIndex, agreement: LogIndex): boolean {
    const isStale = this.state === 'probe' ? rejected !== this.nextIndex - 1 : rejected <= this.matchIndex;
    if (isStale || this.state === 'snapshot' || rejected <= this.matchIndex) return false;
    this.becomeProbe(Math.max(this.matchIndex, Math.min(agreement, rejected - 1)) + 1);
    return true;
  }

  /** It denies what it acknowledged before. */
  isRegression(rejected: LogIndex, agreement: LogIndex): boolean {
    return this.state === 'probe' && rejected === this.nextIndex - 1 && agreement < this.matchIndex;
  }

  /** It lost part of its log, says so, and is brought level again. */
  regress(agreement: LogIndex): void {
    this.matchIndex = Math.min(this.matchIndex, agreement);
    this.becomeProbe();
  }

  /** The follower answered a heartbeat, so it lives: a probe may be repeated, and a lost append is looked for. */
  resume(): void {
    this.probeSent = false;
  }

  becomeProbe(nextIndex: LogIndex = this.matchIndex + 1): void {
    assert(nextIndex > this.matchIndex, 'matchIndex < nextIndex');
    this.enter('probe', nextIndex);
  }

  becomeSnapshot(index: LogIndex): void {
    this.enter('snapshot', Math.max(index, this.matchIndex) + 1);
    this.snapshotIndex = index;
  }

  /** The snapshot arrived (`index`) or did not; either way the follower is asked where it stands. */
  snapshotEnded(index: LogIndex | undefined): void {
    if (this.state !== 'snapshot') return;
    this.becomeProbe(Math.max(this.matchIndex, index ?? 0) + 1);
  }

  private becomeReplicate(): void {
    this.enter('replicate', this.matchIndex + 1);
  }

  private enter(state: ProgressState, nextIndex: LogIndex): void {
    this.state = state;
    this.nextIndex = nextIndex;
    this.sentCommitIndex = Math.min(this.sentCommitIndex, nextIndex - 1);
    this.snapshotIndex = 0;
    this.probeSent = false;
    this.inflight.length = 0;
  }

  private releaseUpTo(index: LogIndex): void {
    let answered = 0;
    while (answered < this.inflight.length && this.inflight[answered]! <= index) answered++;
    this.inflight.splice(0, answered);
  }
}
