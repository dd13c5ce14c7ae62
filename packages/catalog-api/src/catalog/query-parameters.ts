import type { Topic } from '@tribune/protocol';
import type { Meta } from '@tribune/state-store';
import type { Fields } from '../filter/fields';
import { compileFilter, type Filter } from '../filter/filter';
import type { Call } from '../http/call';

/** Which rows of a list are wanted, and in what order. */
export interface Wanted {
  readonly filter: Filter;
  /** Name of the node to sort from, or ''. */
  readonly near: string;
}

/** Compiled on first use: a bad filter is a complaint of the servers, which speak after the parameters are read. */
export function wantedBy(call: Call, fields: Fields, ownNode: string): () => Wanted {
  const text = call.query.get('filter');
  const near = call.query.get('near') === '_agent' ? ownNode : call.query.get('near');
  let wanted: Wanted | undefined;
  return () => (wanted ??= { filter: compileFilter(text, fields), near });
}

/** What a read of one service needs at hand; to sort by distance, every coordinate too. */
export function topicsOfService(call: Call, service: string): readonly Topic[] {
  return call.query.get('near') === '' ? [{ kind: 'service', service }] : [{ kind: 'catalog' }];
}

/** `node-meta=key:value`, repeatable; without a colon the value is empty. */
export function nodeMetaOf(call: Call): Meta | undefined {
  if (!call.query.has('node-meta')) return undefined;
  const pairs = call.query.all('node-meta').map((text) => {
    const colon = text.indexOf(':');
    return colon < 0 ? ([text, ''] as const) : ([text.slice(0, colon), text.slice(colon + 1)] as const);
  });
  return Object.fromEntries(pairs);
}

/** `tag`, repeatable: an instance must carry all. */
export function tagsOf(call: Call): readonly string[] | undefined {
  return call.query.has('tag') ? call.query.all('tag') : undefined;
}
