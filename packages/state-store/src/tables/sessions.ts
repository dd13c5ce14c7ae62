import type { Session } from '@tribune/protocol';
import { nameKey, SEPARATOR } from './order';
import { RowTree } from './row-tree';
import type { ReadTable, Table } from './table';

/** Sessions by id, by the node they live on, and by each check they depend on (so that its failure finds them). */
export interface ReadSessions extends ReadTable<Session> {
  get(id: string): Session | undefined;
  onNode(node: string): Session[];
  dependingOn(node: string, checkId: string): Session[];
}

export class SessionTable implements ReadSessions, Table<Session> {
  constructor(
    private readonly byId = new RowTree<Session>(),
    private readonly byNode = new RowTree<Session>(),
    private readonly byCheck = new RowTree<Session>(),
  ) {}

  get size(): number {
    return this.byId.size;
  }

  get(id: string): Session | undefined {
    return this.byId.get(nameKey(id));
  }

  find(like: Session): Session | undefined {
    return this.get(like.id);
  }

  onNode(node: string): Session[] {
    return this.byNode.collect(nameKey(node) + SEPARATOR);
  }

  dependingOn(node: string, checkId: string): Session[] {
    return this.byCheck.collect(nameKey(node) + SEPARATOR + nameKey(checkId) + SEPARATOR);
  }

  rows(): IterableIterator<Session> {
    return this.byId.rows();
  }

  put(row: Session): Session | undefined {
    const before = this.remove(row);
    const id = nameKey(row.id);
    const node = nameKey(row.node) + SEPARATOR;
    this.byId.set(id, row);
    this.byNode.set(node + id, row);
    for (const check of sessionChecks(row)) this.byCheck.set(node + nameKey(check) + SEPARATOR + id, row);
    return before;
  }

  remove(like: Session): Session | undefined {
    const id = nameKey(like.id);
    const before = this.byId.get(id);
    if (!before) return undefined;
    const node = nameKey(before.node) + SEPARATOR;
    this.byId.delete(id);
    this.byNode.delete(node + id);
    for (const check of sessionChecks(before)) this.byCheck.delete(node + nameKey(check) + SEPARATOR + id);
    return before;
  }

  clone(): SessionTable {
    return new SessionTable(this.byId.clone(), this.byNode.clone(), this.byCheck.clone());
  }
}

/** Ids of the checks, all on the session's own node, that the session depends on. */
export function sessionChecks(session: Pick<Session, 'nodeChecks' | 'serviceChecks'>): string[] {
  return [...(session.nodeChecks ?? []), ...(session.serviceChecks ?? []).map((check) => check.id)];
}
