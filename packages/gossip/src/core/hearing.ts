import type { MemberTable } from './member-table';
import type { SwimConfig } from './swim-config';

/** Silence of so many probe intervals is not normal in a pool where everybody is probed. */
const SILENT_INTERVALS = 2;
/** ms that a timer may be late; more means that we did not run, and what has arrived meanwhile waits to be read. */
export const LATE_MS = 20;

/**
 * Are we deaf? Lifeguard learns from missing nacks that the fault is probably ours, but its verdicts still fall when
 * their time is over. Somebody who has heard nothing at all from a whole pool knows more than that: it is cut off, and
 * must not call anybody dead on the strength of its own silence: it accuses nobody, and its countdowns stand still.
 * Nor does anybody hear while it does not run at all (a starved machine, a stopped process): that counts likewise.
 */
export class Hearing {
  private lastHeardMs = 0;
  private deafMs = 0;
  private countedUntilMs = 0;
  private stillMs = 0;
  private ranAtMs = 0;

  constructor(
    private readonly config: SwimConfig,
    private readonly table: MemberTable,
  ) {}

  heard(nowMs: number): void {
    if (this.isDeaf(nowMs)) this.countDeaf(this.lastHeardMs, nowMs);
    this.lastHeardMs = nowMs;
  }

  /** We run; our next timer is or was due at `dueMs`. */
  runs(dueMs: number, nowMs: number): void {
    const stoppedMs = Math.max(dueMs, this.ranAtMs);
    this.ranAtMs = nowMs;
    if (nowMs - stoppedMs <= LATE_MS) return;
    this.stillMs += nowMs - stoppedMs;
    // A silence that goes on is counted when it ends.
    if (!this.isDeaf(nowMs)) this.countDeaf(stoppedMs, nowMs);
  }

  /** ms in which we did not run, since the beginning. */
  get totalStillMs(): number {
    return this.stillMs;
  }

  /** ms of deafness since the beginning, up to now. */
  totalDeafMs(nowMs: number): number {
    return this.deafMs + (this.isDeaf(nowMs) ? nowMs - Math.max(this.lastHeardMs, this.countedUntilMs) : 0);
  }

  /**
   * Nothing at all was heard since then: no ack, no nack, no gossip. Not believed for longer than `patienceMs`: a pool
   * that stays silent may really be gone, and somebody has to say so in the end.
   */
  isSilentSince(sinceMs: number, nowMs: number, patienceMs: number): boolean {
    return this.lastHeardMs < sinceMs && nowMs - this.lastHeardMs <= patienceMs && this.shouldHearSomebody();
  }

  private isDeaf(nowMs: number): boolean {
    const silentMs = nowMs - this.lastHeardMs;
    return silentMs > SILENT_INTERVALS * this.config.probeIntervalMs && this.shouldHearSomebody();
  }

  private countDeaf(fromMs: number, nowMs: number): void {
    this.deafMs += Math.max(0, nowMs - Math.max(fromMs, this.countedUntilMs));
    this.countedUntilMs = nowMs;
  }

  private shouldHearSomebody(): boolean {
    const { deafnessMembersMin, name } = this.config;
    if (deafnessMembersMin === 0) return false;
    let others = 0;
    for (const { state, name: other } of this.table.all()) {
      const isBelievedThere = state === 'alive' || state === 'suspect';
      if (isBelievedThere && other !== name && ++others >= deafnessMembersMin) return true;
    }
    return false;
  }
}
