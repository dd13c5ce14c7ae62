import type { UserEvent } from '@tribune/protocol';
import { Fields } from '../transport/codec/fields';
import { MsgpackWriter } from '../transport/codec/msgpack-writer';
import type { EventMessage } from '../serf/serf-messages';

/** Consul's user events are serf user events of this name with a MessagePack envelope. */
const NAME_PREFIX = 'consul:event:';
const VERSION = 1;
/** Newest events kept, as Consul keeps them. */
const EVENTS_MAX = 256;

export type NewUserEvent = Omit<UserEvent, 'id' | 'ltime' | 'version'>;

/** Why the event makes no sense, in Consul's words; undefined when it does. */
export function userEventProblem({ name, serviceFilter, tagFilter }: NewUserEvent): string | undefined {
  if (name === '') return 'User event missing name';
  if (tagFilter !== '' && serviceFilter === '') return 'Cannot provide tag filter without service filter';
  return undefined;
}

export const newUserEvent = (event: NewUserEvent, id: string): UserEvent => ({
  ...event,
  id,
  version: VERSION,
  ltime: 0,
});

export const serfEventName = (name: string): string => `${NAME_PREFIX}${name}`;

/** Consul's field names: `n`, `p`, `nf`, `sf`, `tf`, `v`; empty ones are left out. */
export function encodeUserEvent(event: UserEvent): Buffer {
  const optional = [
    ['p', event.payload],
    ['nf', event.nodeFilter],
    ['sf', event.serviceFilter],
    ['tf', event.tagFilter],
  ] as const;
  const present = optional.filter(([, value]) => value.length > 0);
  const out = new MsgpackWriter()
    .map(3 + present.length)
    .raw('ID')
    .raw(event.id)
    .raw('n')
    .raw(event.name);
  for (const [field, value] of present) out.raw(field).raw(value);
  return out.raw('v').integer(event.version).finish();
}

/** Undefined for events of other applications. Throws WireError when the envelope is unreadable. */
export function decodeUserEvent({ name, payload, ltime }: EventMessage): UserEvent | undefined {
  if (!name.startsWith(NAME_PREFIX)) return undefined;
  const fields = Fields.parse(Buffer.from(payload));
  return {
    id: fields.text('ID'),
    name: fields.text('n'),
    payload: fields.bytes('p'),
    nodeFilter: fields.text('nf'),
    serviceFilter: fields.text('sf'),
    tagFilter: fields.text('tf'),
    version: fields.unsigned('v', Number.MAX_SAFE_INTEGER),
    ltime,
  };
}

/** The newest events, oldest first. */
export class UserEventLog {
  private events: UserEvent[] = [];

  add(event: UserEvent): void {
    this.events = [...this.events, event].slice(-EVENTS_MAX);
  }

  all(): readonly UserEvent[] {
    return this.events;
  }
}
