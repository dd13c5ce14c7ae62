import type { Node } from '@tribune/protocol';
import { listNodes, listServices, type Delta, type View } from '@tribune/state-store';
import { holdTopic } from './held-topic';
import type { OpenSource } from './subject';

/**
 * All nodes, or the one of a name. Their changes are the deltas themselves; what one batch does to a node is told once,
 * as it ended.
 */
export function nodesSource(view: View, only?: string): OpenSource<Node, string> {
  const wanted = only?.toLowerCase();
  const isWanted = (name: string): boolean => wanted === undefined || name.toLowerCase() === wanted;
  return (publish) => {
    const release = holdTopic(view, [wanted === undefined ? 'nodes' : `node/${wanted}`]);
    const unfollow = view.follow(
      (revision, deltas) => {
        const touched = new Set<string>();
        for (const delta of deltas)
          if (delta.table === 'nodes' && isWanted(delta.row.node)) touched.add(delta.row.node);
        if (touched.size === 0) return;
        const names = [...touched];
        // A look-up by name takes any letter case; a node that came back in another case is another name to our readers.
        const row = (name: string): Node | undefined => {
          const node = view.tables.nodes.get(name);
          return node?.node === name ? node : undefined;
        };
        const upserts = names.map(row).filter((node) => node !== undefined);
        publish({ revision, upserts, removals: names.filter((name) => !row(name)) });
      },
      ['nodes'],
    );
    return { snapshot: () => nodesNow(view, only), settle: () => undefined, close: both(release, unfollow) };
  };
}

function nodesNow(view: View, only: string | undefined): readonly Node[] {
  if (only === undefined) return listNodes(view.tables).value;
  const node = view.tables.nodes.get(only);
  return node ? [node] : [];
}

/** A service name is there while it has an instance. */
export function serviceNamesSource(view: View): OpenSource<string, string> {
  return (publish) => {
    const known = new Set(listServices(view.tables).value.keys());
    /** node and id → name, to see an instance change its service's name. Rows alone do not tell where they came from. */
    const nameOf = new Map<string, string>();
    for (const instance of view.tables.services.rows()) nameOf.set(keyOf(instance), instance.service);

    const touchedBy = (delta: Delta & { readonly table: 'services' }): readonly string[] => {
      const key = keyOf(delta.row);
      const before = nameOf.get(key);
      if (delta.op === 'put') nameOf.set(key, delta.row.service);
      else nameOf.delete(key);
      return before === undefined ? [delta.row.service] : [before, delta.row.service];
    };
    const release = holdTopic(view, ['services']);
    const unfollow = view.follow(
      (revision, deltas) => {
        const touched = new Set<string>();
        for (const delta of deltas) {
          if (delta.table === 'services') for (const name of touchedBy(delta)) touched.add(name);
        }
        const { services } = view.tables;
        const upserts = [...touched].filter((name) => !known.has(name) && services.hasSpelled(name));
        const removals = [...touched].filter((name) => known.has(name) && !services.hasSpelled(name));
        for (const name of upserts) known.add(name);
        for (const name of removals) known.delete(name);
        if (upserts.length + removals.length > 0) publish({ revision, upserts, removals });
      },
      ['services'],
    );
    return { snapshot: () => [...known], settle: () => undefined, close: both(release, unfollow) };
  };
}

const both = (first: () => void, second: () => void) => (): void => {
  first();
  second();
};

const keyOf = ({ node, id }: { readonly node: string; readonly id: string }): string =>
  `${node.toLowerCase()}\0${id.toLowerCase()}`;
