import type { Clock } from '@tribune/platform';
import { decodeCommand, type Command } from '@tribune/state-store';
import type { History } from './history';

/** Clocks run at different rates, and a timer may be this share early for everybody else. */
const EARLY = 0.9;

/**
 * What leaders do on their own account: end sessions that fell silent, and lock delays. Each goes into the history as an
 * operation from its proposal to its first application, and is judged: nothing may end before its time.
 */
export class Expiries {
  private readonly proposed = new Map<string, number>();
  private readonly heard = new Map<string, number>();
  private readonly endedAt = new Map<string, number>();
  private readonly sessionEndedBy = new Map<number, string>();
  ended = 0;

  constructor(
    private readonly history: History,
    private readonly clock: Clock,
    private readonly lifetimes: { readonly ttlMs: number; readonly lockDelayMs: number },
    private readonly violated: (what: string) => void,
  ) {}

  /** The owner was told that its session lives. */
  renewed(session: string): void {
    this.heard.set(session, this.clock.monotonicMs());
  }

  /** The owner ends it itself, so that no promise to it is left. */
  givenUp(session: string): void {
    this.heard.delete(session);
  }

  proposes(command: Command): void {
    for (const name of namesOf(command)) {
      if (!this.proposed.has(name)) this.proposed.set(name, this.clock.monotonicMs());
    }
  }

  /** The first server applies it. */
  applies(index: number, bytes: Uint8Array): void {
    if (this.lifetimes.ttlMs === 0) return;
    const command = decodeCommand(bytes);
    if (command.type === 'session-destroy') this.sessionEnds(index, command);
    if (command.type !== 'lock-delay-expire') return;
    for (const { createIndex } of command.keys) this.delayEnds(createIndex);
  }

  private sessionEnds(index: number, command: Command & { type: 'session-destroy' }): void {
    const { id } = command;
    if (!this.sessionEndedBy.has(index)) this.sessionEndedBy.set(index, id);
    if (this.endedAt.has(id)) return;
    this.endedAt.set(id, this.clock.monotonicMs());
    const calledAt = this.proposed.get(namesOf(command)[0]!);
    if (calledAt === undefined) return;
    this.ended++;
    this.history.happened({ kind: 'invalidate', session: id, delays: this.lifetimes.lockDelayMs > 0 }, id, calledAt);
    const silentMs = this.clock.monotonicMs() - (this.heard.get(id) ?? -Infinity);
    if (silentMs < this.lifetimes.ttlMs) this.violated(`session ${id} ended ${silentMs} ms after it was renewed`);
  }

  private delayEnds(createIndex: number): void {
    const session = this.sessionEndedBy.get(createIndex);
    if (session === undefined) return this.violated(`a lock delay of ${createIndex} ended that no session began`);
    this.history.happened({ kind: 'delay-ends', session }, session, this.proposed.get(`delay ${createIndex}`)!);
    const heldMs = this.clock.monotonicMs() - this.endedAt.get(session)!;
    if (heldMs < this.lifetimes.lockDelayMs * EARLY)
      this.violated(`a lock delay of ${session} ended after ${heldMs} ms`);
  }
}

function namesOf(command: Command): string[] {
  if (command.type === 'session-destroy') return [`session ${command.id}`];
  return command.type === 'lock-delay-expire' ? command.keys.map(({ createIndex }) => `delay ${createIndex}`) : [];
}
