import type { MemberTable } from './member-table';
import type { SwimConfig } from './swim-config';

/** Silence of so many probe intervals is not normal in a pool where everybody is probed. */
const SILENT_INTERVALS = 2;

/**
 * Are we deaf? Lifeguard learns from missing nacks that the fault is probably ours, but its verdicts still fall when
 * their time is over. Somebody who has heard nothing at all from a whole pool knows more than that: it is cut off, and
 * must not call anybody dead on the strength of its own silence: it accuses nobody, and its countdowns stand still.
 */
export class Hearing {
  private lastHeardMs = 0;
  private deafMs = 0;

  constructor(
    private readonly config: SwimConfig,
    private readonly table: MemberTable,
  ) {}

  heard(nowMs: number): void {
    this.deafMs = this.totalDeafMs(nowMs);
    this.lastHeardMs = nowMs;
  }

  /** ms of deafness since the beginning, up to now. */
  totalDeafMs(nowMs: number): number {
    const silentMs = nowMs - this.lastHeardMs;
    const isDeaf = silentMs > SILENT_INTERVALS * this.config.probeIntervalMs && this.shouldHearSomebody();
    return this.deafMs + (isDeaf ? silentMs : 0);
  }

  /**
   * Nothing at all was heard since then: no ack, no nack, no gossip. Not believed for longer than `patienceMs`: a pool
   * that stays silent may really be gone, and somebody has to say so in the end.
   */
  isSilentSince(sinceMs: number, nowMs: number, patienceMs: number): boolean {
    return this.lastHeardMs < sinceMs && nowMs - this.lastHeardMs <= patienceMs && this.shouldHearSomebody();
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
