import type { Json } from '../../json/exact-json';

/** The index of an event list is made from the id of its last event: both halves of the UUID, exclusive-or. */
export function eventIndex(id: string): bigint {
  const hex = id.replaceAll('-', '');
  if (!/^[0-9a-f]{32}$/i.test(hex)) return 0n;
  return BigInt(`0x${hex.slice(0, 16)}`) ^ BigInt(`0x${hex.slice(16)}`);
}

/**
 * The events after the one that `since` stands for, undefined when there are none; all of them when `since` is not (or
 * no longer) in the list.
 */
export function newEvents(answer: Json, since: bigint | undefined): Json | undefined {
  const events = (answer ?? []) as readonly { readonly ID: string }[];
  const at = since === undefined ? -1 : events.findLastIndex((one) => eventIndex(one.ID) === since);
  const later = events.slice(at + 1);
  return since !== undefined && later.length === 0 ? undefined : (later as unknown as Json);
}
