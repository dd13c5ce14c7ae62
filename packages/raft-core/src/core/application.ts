/** What goes to the state machine: committed entries in order, read back from the disk where memory has let them go. */
import type { RaftConfig } from './config';
import { sizeOf } from './entry-cache';
import type { Entry } from './message';
import type { RaftState } from './state';

export class Application {
  private isLoading = false;
  private loaded: readonly Entry[] = [];

  constructor(
    private readonly state: RaftState,
    private readonly config: RaftConfig,
  ) {}

  next(): readonly Entry[] {
    const { log, restoring, loads } = this.state;
    if (restoring || this.isLoading || log.appliedIndex === log.commitIndex) return [];
    if (this.loaded.length > 0) return this.takeLoaded();
    const { applyEntriesMax, applyBytesMax: bytesMax } = this.config;
    const from = log.appliedIndex + 1;
    const to = Math.min(log.commitIndex, log.appliedIndex + applyEntriesMax);
    const entries = log.slice(from, to, bytesMax);
    if (entries) return entries;
    this.isLoading = true;
    loads.push({ follower: undefined, from, to, bytesMax });
    return [];
  }

  /** Entries from the disk. They may be of no use any more: a snapshot may have come in between. */
  onLoaded(entries: readonly Entry[]): void {
    this.isLoading = false;
    if (entries[0]?.index === this.state.log.appliedIndex + 1) this.loaded = entries;
  }

  done(entries: readonly Entry[]): void {
    const { log, leadership, facts, term, isAlone } = this.state;
    log.applied(entries.at(-1)!.index);
    if (isAlone) log.forgetApplied();
    if (!leadership) return;
    for (const entry of entries) {
      if (entry.kind === 'command' && entry.index > leadership.firstIndex) leadership.uncommittedBytes -= sizeOf(entry);
    }
    if (leadership.isEstablished || log.appliedIndex < leadership.firstIndex) return;
    leadership.isEstablished = true;
    facts.push({ kind: 'leadershipEstablished', term });
  }

  /** The state machine stands at a snapshot now. */
  restored(): void {
    this.loaded = [];
  }

  private takeLoaded(): readonly Entry[] {
    const entries = this.loaded;
    this.loaded = [];
    return entries[0]!.index === this.state.log.appliedIndex + 1 ? entries : [];
  }
}
