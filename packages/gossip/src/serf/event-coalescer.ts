import type { TimerQueue } from '../core/timer-queue';
import type { EventMessage } from './serf-messages';

/** Held names, and events of one name at one time; further ones are shown at once. */
const NAMES_MAX = 1024;
const EVENTS_PER_NAME_MAX = 32;

export interface CoalescerConfig {
  /** ms from the first event held until all are shown, at the latest. 0 switches coalescing off. */
  readonly userCoalescePeriodMs: number;
  /** ms without another event after which they are shown already. */
  readonly userQuiescentPeriodMs: number;
}

/**
 * Events whose sender allows it are held for a moment, and of each name only the newest are shown: five deployments in
 * one second are one to react to. Passing on is not delayed.
 */
export class EventCoalescer {
  private held = new Map<string, EventMessage[]>();
  private latestMs = 0;

  constructor(
    private readonly config: CoalescerConfig,
    private readonly timers: TimerQueue,
    private readonly show: (event: EventMessage) => void,
  ) {}

  take(event: EventMessage, nowMs: number): void {
    const { userCoalescePeriodMs, userQuiescentPeriodMs } = this.config;
    const isFirst = this.held.size === 0;
    if (!event.coalesce || userCoalescePeriodMs === 0 || !this.hold(event)) return this.show(event);
    if (isFirst) this.latestMs = nowMs + userCoalescePeriodMs;
    const atMs = Math.min(this.latestMs, nowMs + userQuiescentPeriodMs);
    this.timers.schedule('coalesced-events', atMs, () => this.flush());
  }

  /** False when there is no room. Older news of a name than what is held is dropped: it is overtaken. */
  private hold(event: EventMessage): boolean {
    const others = this.held.get(event.name);
    if (!others && this.held.size >= NAMES_MAX) return false;
    const heldAt = others?.[0]?.ltime ?? -1;
    if (event.ltime > heldAt) this.held.set(event.name, [event]);
    else if (event.ltime === heldAt && others!.length >= EVENTS_PER_NAME_MAX) return false;
    else if (event.ltime === heldAt) others!.push(event);
    return true;
  }

  private flush(): void {
    const { held } = this;
    this.held = new Map();
    for (const events of held.values()) for (const event of events) this.show(event);
  }
}
