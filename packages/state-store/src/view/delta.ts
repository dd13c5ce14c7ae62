import type { HealthCheck, KvEntry, Node, ServiceInstance, Session } from '@tribune/protocol';

/** Every row of the state, by table. Keys are the tuples that make a row unique, so that a replica is a plain copy. */
export interface Rows {
  nodes: Node;
  services: ServiceInstance;
  checks: HealthCheck;
  kv: KvEntry;
  tombstones: TombstoneRow;
  sessions: Session;
  lockDelays: LockDelayRow;
  coordinates: CoordinateRow;
  settings: SettingRow;
  /** Highest revision that touched a table or a group of rows; what blocking queries compare with. */
  indexes: IndexRow;
}
export type TableName = keyof Rows;

export interface TombstoneRow {
  readonly key: string;
  readonly index: number;
  /** Everything below `key` was deleted, not just the key: one row for a tree of any size. */
  readonly tree: boolean;
}
export interface LockDelayRow {
  readonly key: string;
  readonly delayNs: number;
  readonly createIndex: number;
}
export interface CoordinateRow {
  readonly node: string;
  readonly segment: string;
  readonly vec: readonly number[];
  readonly error: number;
  readonly adjustment: number;
  readonly height: number;
}
export interface SettingRow {
  readonly name: string;
  readonly value: string;
  readonly createIndex: number;
  readonly modifyIndex: number;
}
export interface IndexRow {
  /** A table name, or `service.<name>` and the like. */
  readonly name: string;
  readonly index: number;
}

/** One row that changed. `before` is there on the machine that applied the command, never on the wire. */
export type Delta = { [T in TableName]: PutDelta<T> | DeleteDelta<T> }[TableName];
export interface PutDelta<T extends TableName> {
  readonly table: T;
  readonly op: 'put';
  readonly row: Rows[T];
  readonly before?: Rows[T];
}
export interface DeleteDelta<T extends TableName> {
  readonly table: T;
  readonly op: 'delete';
  /** The row as it was (its key fields at least). */
  readonly row: Rows[T];
}
