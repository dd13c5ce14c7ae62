import type { ServiceNamesWatchEvent } from '@tribune/protocol';

/** The names of all services. DNS does not tell `Web` from `web`, so one name may stand for several services. */
export class ServiceNames {
  private readonly spellings = new Map<string, Set<string>>();

  constructor(private readonly changed: (serviceKey: string) => void) {}

  has(name: string): boolean {
    return this.spellings.has(name.toLowerCase());
  }

  apply(event: ServiceNamesWatchEvent): void {
    if (event.kind === 'snapshot') {
      const kept = new Set(event.items);
      for (const set of [...this.spellings.values()])
        for (const name of [...set]) if (!kept.has(name)) this.remove(name);
      for (const name of event.items) this.add(name);
    } else {
      for (const name of event.removals) this.remove(name);
      for (const name of event.upserts) this.add(name);
    }
  }

  private add(name: string): void {
    const key = name.toLowerCase();
    const set = this.spellings.get(key) ?? new Set();
    if (set.has(name)) return;
    this.spellings.set(key, set.add(name));
    this.changed(key);
  }

  private remove(name: string): void {
    const key = name.toLowerCase();
    const set = this.spellings.get(key);
    if (!set?.delete(name)) return;
    if (set.size === 0) this.spellings.delete(key);
    this.changed(key);
  }
}
