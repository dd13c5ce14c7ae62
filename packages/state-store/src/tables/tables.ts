import { CheckTable, type ReadChecks } from './checks';
import { CoordinateTable, type ReadCoordinates } from './coordinates';
import { IndexTable, type ReadIndexes } from './indexes';
import { KvTable, type ReadKv } from './kv';
import { LockDelayTable, type ReadLockDelays } from './lock-delays';
import { NodeTable, type ReadNodes } from './nodes';
import { ServiceTable, type ReadServices } from './services';
import { SessionTable, type ReadSessions } from './sessions';
import { SettingTable, type ReadSettings } from './settings';
import { TombstoneTable, type ReadTombstones } from './tombstones';
import type { Table } from './table';
import type { Rows, TableName } from '../view/delta';

/** The whole state, read only. Rows are immutable: the same object means the same content. */
export interface ReadTables {
  readonly nodes: ReadNodes;
  readonly services: ReadServices;
  readonly checks: ReadChecks;
  readonly kv: ReadKv;
  readonly tombstones: ReadTombstones;
  readonly sessions: ReadSessions;
  readonly lockDelays: ReadLockDelays;
  readonly coordinates: ReadCoordinates;
  readonly settings: ReadSettings;
  readonly indexes: ReadIndexes;
}

/** In the order in which a snapshot carries them: a row never comes before what it refers to. */
export const TABLE_NAMES: readonly TableName[] = [
  'indexes',
  'settings',
  'nodes',
  'services',
  'checks',
  'coordinates',
  'sessions',
  'lockDelays',
  'tombstones',
  'kv',
];

export class Tables implements ReadTables {
  constructor(
    readonly nodes = new NodeTable(),
    readonly services = new ServiceTable(),
    readonly checks = new CheckTable(),
    readonly kv = new KvTable(),
    readonly tombstones = new TombstoneTable(),
    readonly sessions = new SessionTable(),
    readonly lockDelays = new LockDelayTable(),
    readonly coordinates = new CoordinateTable(),
    readonly settings = new SettingTable(),
    readonly indexes = new IndexTable(),
  ) {}

  /** The table of that name, for code that treats all tables alike. */
  table<T extends TableName>(name: T): Table<Rows[T]> {
    return this[name] as unknown as Table<Rows[T]>;
  }

  /** A consistent cut, at the cost of ten small objects. */
  clone(): Tables {
    return new Tables(
      this.nodes.clone(),
      this.services.clone(),
      this.checks.clone(),
      this.kv.clone(),
      this.tombstones.clone(),
      this.sessions.clone(),
      this.lockDelays.clone(),
      this.coordinates.clone(),
      this.settings.clone(),
      this.indexes.clone(),
    );
  }
}
