import { parseGoDuration, type Clock, type Timer } from '@tribune/platform';
import type { Command, Delta, View } from '@tribune/state-store';

/** A session lives at least its TTL; like Consul's, this leader ends it after twice as long. */
const TTL_GRACE = 2;

/** What a leader does by the clock: ends sessions that were not renewed, and lock delays that have passed. */
export class ExpiryDuties {
  private readonly timers = new Map<string, Timer>();

  constructor(
    private readonly view: View,
    private readonly clock: Clock,
    private readonly propose: (command: Command) => void,
  ) {
    view.follow((_revision, deltas) => deltas.forEach((delta) => this.onDelta(delta)));
  }

  renew(id: string): boolean {
    const session = this.view.tables.sessions.get(id);
    if (session) this.timeSession(session.id, session.ttl);
    return session !== undefined;
  }

  stop(): void {
    for (const timer of this.timers.values()) timer.cancel();
    this.timers.clear();
  }

  private onDelta(delta: Delta): void {
    if (delta.table === 'sessions') {
      if (delta.op === 'put') this.timeSession(delta.row.id, delta.row.ttl);
      else this.clear(sessionTimer(delta.row.id));
    } else if (delta.table === 'lockDelays') {
      if (delta.op === 'put') this.timeLockDelay(delta.row);
      else this.clear(delayTimer(delta.row.key));
    }
  }

  private timeSession(id: string, ttl: string): void {
    const ttlNs = ttl === '' ? 0 : Number(parseGoDuration(ttl) ?? 0);
    if (ttlNs <= 0) return;
    this.set(sessionTimer(id), (ttlNs / 1e6) * TTL_GRACE, () => this.propose({ type: 'session-destroy', id }));
  }

  private timeLockDelay({ key, delayNs, createIndex }: { key: string; delayNs: number; createIndex: number }): void {
    this.set(delayTimer(key), delayNs / 1e6, () =>
      this.propose({ type: 'lock-delay-expire', keys: [{ key, createIndex }] }),
    );
  }

  private set(name: string, delayMs: number, callback: () => void): void {
    this.clear(name);
    this.timers.set(name, this.clock.setTimer(delayMs, callback));
  }

  private clear(name: string): void {
    this.timers.get(name)?.cancel();
    this.timers.delete(name);
  }
}

function sessionTimer(id: string): string {
  return `session/${id}`;
}

function delayTimer(key: string): string {
  return `delay/${key}`;
}
