import type { LocalCheckRecord, LocalServiceRecord } from './local-records';

/** What changed. `output` alone may wait before it is told to the catalog; everything else may not. */
export type LocalChange =
  | { readonly kind: 'service'; readonly id: string }
  | { readonly kind: 'check'; readonly id: string; readonly serviceId: string; readonly what: 'row' | 'output' };

/** The services and checks of this agent: the truth that anti-entropy carries into the catalog. */
export class LocalState {
  private readonly serviceRecords = new Map<string, LocalServiceRecord>();
  private readonly checkRecords = new Map<string, LocalCheckRecord>();
  /** Check ids by service id; '' for checks of the node. */
  private readonly checkIds = new Map<string, Set<string>>();
  private readonly listeners = new Set<(change: LocalChange) => void>();
  private readonly waiters = new Set<() => void>();
  private currentVersion = 1;

  /** Grows with every change; at least 1. */
  get version(): number {
    return this.currentVersion;
  }

  services(): readonly LocalServiceRecord[] {
    return [...this.serviceRecords.values()];
  }

  checks(): readonly LocalCheckRecord[] {
    return [...this.checkRecords.values()];
  }

  service(id: string): LocalServiceRecord | undefined {
    return this.serviceRecords.get(id);
  }

  check(id: string): LocalCheckRecord | undefined {
    return this.checkRecords.get(id);
  }

  checksOf(serviceId: string): readonly LocalCheckRecord[] {
    return [...(this.checkIds.get(serviceId) ?? [])].map((id) => this.checkRecords.get(id)!);
  }

  putService(record: LocalServiceRecord): void {
    this.serviceRecords.set(record.id, record);
    this.tell({ kind: 'service', id: record.id });
  }

  removeService(id: string): void {
    if (this.serviceRecords.delete(id)) this.tell({ kind: 'service', id });
  }

  /**
   * A record that differs in nothing but the output counts as a change of output, an equal one as none. The first output
   * of a check is more than that: somebody waits for it.
   */
  putCheck(record: LocalCheckRecord): void {
    const { id, serviceId } = record;
    const before = this.checkRecords.get(id);
    if (before && before.serviceId !== serviceId) this.forgetCheck(before);
    this.checkRecords.set(id, record);
    this.checkIds.set(serviceId, (this.checkIds.get(serviceId) ?? new Set()).add(id));
    if (!before || !isSameButState(before, record) || before.state.status !== record.state.status) {
      this.tell({ kind: 'check', id, serviceId, what: 'row' });
    } else if (before.state.output !== record.state.output) {
      this.tell({ kind: 'check', id, serviceId, what: before.state.output === '' ? 'row' : 'output' });
    }
  }

  removeCheck(id: string): void {
    const before = this.checkRecords.get(id);
    if (!before) return;
    this.forgetCheck(before);
    this.tell({ kind: 'check', id, serviceId: before.serviceId, what: 'row' });
  }

  private forgetCheck({ id, serviceId }: LocalCheckRecord): void {
    this.checkRecords.delete(id);
    const ids = this.checkIds.get(serviceId)!;
    ids.delete(id);
    if (ids.size === 0) this.checkIds.delete(serviceId);
  }

  /** Follows every change, synchronously. */
  follow(listener: (change: LocalChange) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Resolves with the version once it is above `version`, or with the present one when `signal` aborts. */
  async changed(version: number, signal: AbortSignal): Promise<number> {
    if (this.currentVersion > version || signal.aborted) return this.currentVersion;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        this.waiters.delete(done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      this.waiters.add(done);
      signal.addEventListener('abort', done, { once: true });
    });
    return this.currentVersion;
  }

  private tell(change: LocalChange): void {
    this.currentVersion++;
    for (const listener of this.listeners) listener(change);
    for (const wake of [...this.waiters]) wake();
  }
}

function isSameButState(a: LocalCheckRecord, b: LocalCheckRecord): boolean {
  return (
    a.definition === b.definition &&
    a.name === b.name &&
    a.notes === b.notes &&
    a.serviceId === b.serviceId &&
    a.serviceName === b.serviceName &&
    a.serviceTags === b.serviceTags &&
    a.type === b.type &&
    a.fromFile === b.fromFile
  );
}
