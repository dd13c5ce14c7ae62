import type { EventMessage, RecentEvent } from './serf-messages';

/** Different events of one Lamport time; an honest pool has a handful at most. */
const EVENTS_PER_TIME_MAX = 32;

/**
 * The newest user events by Lamport time, to recognise repetitions: a slot per time, as many slots as `size`. Two
 * different events may share a time. An event older than the whole buffer cannot be judged and is ignored.
 */
export class EventBuffer {
  private readonly slots = new Map<number, { ltime: number; events: RecentEvent[] }>();

  constructor(private readonly size: number) {}

  /** True when the event is new. `clock` is the event clock after witnessing the event. */
  admit({ ltime, name, payload }: EventMessage, clock: number): boolean {
    if (clock > this.size && ltime < clock - this.size) return false;
    const place = ltime % this.size;
    const slot = this.slots.get(place);
    if (slot?.ltime !== ltime) {
      this.slots.set(place, { ltime, events: [{ name, payload }] });
      return true;
    }
    if (slot.events.some((event) => event.name === name && Buffer.compare(event.payload, payload) === 0)) return false;
    if (slot.events.length >= EVENTS_PER_TIME_MAX) return false;
    slot.events.push({ name, payload });
    return true;
  }

  /** Oldest first. */
  recent(): { readonly ltime: number; readonly events: readonly RecentEvent[] }[] {
    return [...this.slots.values()].sort((a, b) => a.ltime - b.ltime);
  }
}
