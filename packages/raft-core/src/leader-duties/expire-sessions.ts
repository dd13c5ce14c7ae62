import { parseGoDuration, type Timer } from '@tribune/platform';
import type { Session } from '@tribune/protocol';
import type { Delta } from '@tribune/state-store';
import type { Duty, DutyCollaborators } from './duty';

/** A TTL is a promise not to end the session earlier; Consul's leader waits twice as long, and so do we. */
const TTL_MULTIPLIER = 2;
const RETRY_MS = 1_000;

/**
 * Ends sessions whose owner went silent. The timers live on the leader only: they start at creation, at each renewal,
 * and anew when another server takes the lead, so a change of leader can only lengthen a session's life.
 */
export class ExpireSessions implements Duty {
  readonly name = 'expire-sessions';
  private readonly timers = new Map<string, Timer>();
  /** Their end was proposed. */
  private readonly ending = new Set<string>();
  private unfollow: (() => void) | undefined;

  constructor(private readonly collaborators: DutyCollaborators) {}

  begin(): void {
    const { view } = this.collaborators;
    for (const session of view.tables.sessions.rows()) this.arm(session);
    this.unfollow = view.follow((_revision, deltas) => this.observe(deltas), ['sessions']);
  }

  end(): void {
    this.unfollow?.();
    this.unfollow = undefined;
    for (const timer of this.timers.values()) timer.cancel();
    this.timers.clear();
    this.ending.clear();
  }

  /**
   * The owner is alive. `confirm` asks a quorum whether this server leads, and resolves with an index that holds everything
   * acknowledged before; undefined: it does not lead.
   *
   * The timer is set first: whoever leads after the confirmation begins it anew later still, so that an owner who was told
   * `renewed` has its full time even if this process had been asleep. And the session must have survived what was
   * decided meanwhile: its end may be on its way already.
   */
  async renew(id: string, confirm: () => Promise<number | undefined>): Promise<'renewed' | 'unknown' | undefined> {
    const { view } = this.collaborators;
    const session = view.tables.sessions.get(id);
    // Before `begin` there is nothing to lengthen.
    if (session && this.unfollow && !this.ending.has(id)) this.arm(session);
    const index = await confirm();
    if (index === undefined) return undefined;
    await view.atLeast(index);
    return view.tables.sessions.get(id) && !this.ending.has(id) ? 'renewed' : 'unknown';
  }

  /** Sessions with a TTL that runs here; for the metric. */
  get active(): number {
    return this.timers.size;
  }

  private observe(deltas: readonly Delta[]): void {
    for (const delta of deltas) {
      if (delta.table !== 'sessions') continue;
      if (delta.op === 'delete') this.disarm(delta.row.id);
      else this.arm(delta.row);
    }
  }

  private arm(session: Session): void {
    const delayMs = expiryMs(session);
    if (delayMs !== undefined) this.schedule(session, delayMs);
  }

  private schedule(session: Session, delayMs: number): void {
    this.timers.get(session.id)?.cancel();
    const timer = this.collaborators.clock.setTimer(delayMs, () => void this.expire(session, timer));
    this.timers.set(session.id, timer);
  }

  private async expire(session: Session, timer: Timer): Promise<void> {
    const { logger, propose } = this.collaborators;
    this.ending.add(session.id);
    logger.debug('session TTL has passed', { session: session.id, node: session.node });
    const result = await propose({ type: 'session-destroy', id: session.id });
    // The lead may have been lost and won again meanwhile: then the session has a timer of the new term, and its full time.
    if (result.kind === 'applied' || this.timers.get(session.id) !== timer) return;
    logger.warn('session could not be ended, trying again', { session: session.id, reason: result.reason });
    this.schedule(session, RETRY_MS);
  }

  private disarm(id: string): void {
    this.timers.get(id)?.cancel();
    this.timers.delete(id);
    this.ending.delete(id);
  }
}

/** Milliseconds of silence after which a session ends; undefined for a session without a TTL. */
function expiryMs({ ttl }: Session): number | undefined {
  const ns = ttl === '' ? undefined : parseGoDuration(ttl);
  return ns ? (ns / 1e6) * TTL_MULTIPLIER : undefined;
}
