import type { Node, NodesWatchEvent } from '@tribune/protocol';
import { addressBytes, addressKey } from '../wire/ip-address';

/** All nodes by name (letter case does not count) and by address. */
export class Nodes {
  private readonly byName = new Map<string, Node>();
  private readonly byAddress = new Map<string, Set<string>>();

  constructor(private readonly changed: (nodeKey: string) => void) {}

  get(name: string): Node | undefined {
    return this.byName.get(name.toLowerCase());
  }

  /** The first by name, when several share an address. */
  withAddress(address: Uint8Array): Node | undefined {
    const names = [...(this.byAddress.get(addressKey(address)) ?? [])].sort();
    return names.length > 0 ? this.byName.get(names[0]!) : undefined;
  }

  apply(event: NodesWatchEvent): void {
    if (event.kind === 'snapshot') {
      const kept = new Set(event.items.map((node) => node.node.toLowerCase()));
      for (const name of this.byName.keys()) if (!kept.has(name)) this.remove(name);
      for (const node of event.items) this.put(node);
    } else {
      for (const name of event.removals) this.remove(name.toLowerCase());
      for (const node of event.upserts) this.put(node);
    }
  }

  private put(node: Node): void {
    const name = node.node.toLowerCase();
    const before = this.byName.get(name);
    if (before && isSame(before, node)) return;
    this.remove(name);
    this.byName.set(name, node);
    const bytes = addressBytes(node.address);
    if (bytes) {
      const key = addressKey(bytes);
      const names = this.byAddress.get(key) ?? new Set();
      this.byAddress.set(key, names.add(name));
    }
    this.changed(name);
  }

  private remove(name: string): void {
    const node = this.byName.get(name);
    if (!node) return;
    this.byName.delete(name);
    const bytes = addressBytes(node.address);
    if (bytes) {
      const names = this.byAddress.get(addressKey(bytes));
      names?.delete(name);
      if (names?.size === 0) this.byAddress.delete(addressKey(bytes));
    }
    this.changed(name);
  }
}

/** In what answers show. A snapshot repeats every node, and must not throw away every answer. */
function isSame(a: Node, b: Node): boolean {
  const texts = ({ node, address, meta }: Node): string =>
    JSON.stringify([node, address, Object.entries(meta ?? {}).sort()]);
  return texts(a) === texts(b);
}
