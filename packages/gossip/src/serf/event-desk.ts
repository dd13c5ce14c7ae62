import { EventBuffer } from './event-buffer';
import { LamportClock } from './lamport-clock';
import { encodeSerf } from './serf-codec';
import type { SerfConfig } from './serf-config';
import type { EventMessage, RecentEvent } from './serf-messages';

/** Why the event was not sent, or what to spread. */
export type FireOutcome = { readonly problem: string } | { readonly ltime: number; readonly body: Uint8Array };

/** User events: makes them, recognises repetitions, shows each once. */
export class EventDesk {
  readonly clock = new LamportClock();
  private readonly seen: EventBuffer;
  private ignoredBefore = 0;

  constructor(
    private readonly config: SerfConfig,
    private readonly show: (event: EventMessage, nowMs: number) => void,
  ) {
    this.seen = new EventBuffer(config.eventBuffer);
  }

  /** Events before this time are not shown: they happened before we were here. */
  ignoreBefore(ltime: number): void {
    this.ignoredBefore = Math.max(this.ignoredBefore, ltime);
  }

  fire(name: string, payload: Uint8Array, coalesce: boolean, nowMs: number): FireOutcome {
    const limit = this.config.userEventBytesMax;
    if (Buffer.byteLength(name) + payload.length > limit) {
      return { problem: `user event exceeds configured limit of ${limit} bytes before encoding` };
    }
    const event: EventMessage = { kind: 'userEvent', ltime: this.clock.time, name, payload, coalesce };
    const body = encodeSerf(event);
    if (body.length > limit) {
      return { problem: `encoded user event exceeds configured limit of ${limit} bytes after encoding` };
    }
    this.clock.increment();
    this.hear(event, nowMs);
    return { ltime: event.ltime, body };
  }

  /** True when the event is news and should be passed on. */
  hear(event: EventMessage, nowMs: number): boolean {
    this.clock.witness(event.ltime);
    if (event.ltime < this.ignoredBefore || !this.seen.admit(event, this.clock.time)) return false;
    this.show(event, nowMs);
    return true;
  }

  recent(): { readonly ltime: number; readonly events: readonly RecentEvent[] }[] {
    return this.seen.recent();
  }
}
