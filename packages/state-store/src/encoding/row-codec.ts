import { ownedValue, sharedFlags } from './owned-value';
import type { HealthCheck, KvEntry, Node, ServiceInstance, Session } from '@tribune/protocol';
import type { CoordinateRow, IndexRow, LockDelayRow, Rows, SettingRow, TableName, TombstoneRow } from '../view/delta';

/**
 * A row as a list of its fields, in a fixed order. New fields go to the end. Writing both directions out keeps every
 * decoded row of a table in one hidden class, which is what makes reads of millions of rows fast.
 */
export type Fields = readonly unknown[];
export interface RowCodec<Row> {
  readonly toFields: (row: Row) => Fields;
  readonly fromFields: (fields: Fields) => Row;
}

// `any`: the fields come from bytes that this same file wrote.
type Raw = readonly any[];
const codec = <Row>(toFields: (row: Row) => Fields, fromRaw: (f: Raw) => Row): RowCodec<Row> => ({
  toFields,
  fromFields: fromRaw as (f: Fields) => Row,
});

export const nodeCodec = codec<Node>(
  (r) => [r.id, r.node, r.address, r.datacenter, r.taggedAddresses, r.meta, r.createIndex, r.modifyIndex],
  (f) => ({
    id: f[0],
    node: f[1],
    address: f[2],
    datacenter: f[3],
    taggedAddresses: f[4],
    meta: f[5],
    createIndex: f[6],
    modifyIndex: f[7],
  }),
);

export const serviceCodec = codec<ServiceInstance>(
  (r) => [
    r.node,
    r.id,
    r.service,
    r.kind,
    r.tags,
    r.address,
    r.port,
    r.taggedAddresses,
    r.meta,
    r.weights.passing,
    r.weights.warning,
    r.enableTagOverride,
    r.proxy,
    r.connectNative,
    r.createIndex,
    r.modifyIndex,
  ],
  (f) => ({
    node: f[0],
    id: f[1],
    service: f[2],
    kind: f[3],
    tags: f[4],
    address: f[5],
    port: f[6],
    taggedAddresses: f[7],
    meta: f[8],
    weights: { passing: f[9], warning: f[10] },
    enableTagOverride: f[11],
    proxy: f[12],
    connectNative: f[13],
    createIndex: f[14],
    modifyIndex: f[15],
  }),
);

export const checkCodec = codec<HealthCheck>(
  (r) => [
    r.node,
    r.checkId,
    r.name,
    r.status,
    r.notes,
    r.output,
    r.serviceId,
    r.serviceName,
    r.serviceTags,
    r.type,
    r.definition,
    r.createIndex,
    r.modifyIndex,
  ],
  (f) => ({
    node: f[0],
    checkId: f[1],
    name: f[2],
    status: f[3],
    notes: f[4],
    output: f[5],
    serviceId: f[6],
    serviceName: f[7],
    serviceTags: f[8],
    type: f[9],
    definition: f[10],
    createIndex: f[11],
    modifyIndex: f[12],
  }),
);

export const kvCodec = codec<KvEntry>(
  (r) => [r.key, r.value, r.flags, r.lockIndex, r.session, r.createIndex, r.modifyIndex],
  (f) => ({
    key: f[0],
    value: ownedValue(f[1]),
    flags: sharedFlags(f[2]),
    lockIndex: f[3],
    session: f[4],
    createIndex: f[5],
    modifyIndex: f[6],
  }),
);

export const sessionCodec = codec<Session>(
  (r) => [
    r.id,
    r.name,
    r.node,
    r.lockDelayNs,
    r.behavior,
    r.ttl,
    r.nodeChecks,
    r.serviceChecks && r.serviceChecks.map((check) => [check.id, check.namespace]),
    r.createIndex,
    r.modifyIndex,
  ],
  (f) => ({
    id: f[0],
    name: f[1],
    node: f[2],
    lockDelayNs: f[3],
    behavior: f[4],
    ttl: f[5],
    nodeChecks: f[6],
    serviceChecks: f[7] && f[7].map((check: Raw) => ({ id: check[0], namespace: check[1] })),
    createIndex: f[8],
    modifyIndex: f[9],
  }),
);

const tombstoneCodec = codec<TombstoneRow>(
  (r) => [r.key, r.index, r.tree],
  (f) => ({ key: f[0], index: f[1], tree: f[2] }),
);
const lockDelayCodec = codec<LockDelayRow>(
  (r) => [r.key, r.delayNs, r.createIndex],
  (f) => ({ key: f[0], delayNs: f[1], createIndex: f[2] }),
);
const coordinateCodec = codec<CoordinateRow>(
  (r) => [r.node, r.segment, r.vec, r.error, r.adjustment, r.height],
  (f) => ({ node: f[0], segment: f[1], vec: f[2], error: f[3], adjustment: f[4], height: f[5] }),
);
const settingCodec = codec<SettingRow>(
  (r) => [r.name, r.value, r.createIndex, r.modifyIndex],
  (f) => ({ name: f[0], value: f[1], createIndex: f[2], modifyIndex: f[3] }),
);
const indexCodec = codec<IndexRow>(
  (r) => [r.name, r.index],
  (f) => ({ name: f[0], index: f[1] }),
);

export const ROW_CODECS: { readonly [T in TableName]: RowCodec<Rows[T]> } = {
  nodes: nodeCodec,
  services: serviceCodec,
  checks: checkCodec,
  kv: kvCodec,
  tombstones: tombstoneCodec,
  sessions: sessionCodec,
  lockDelays: lockDelayCodec,
  coordinates: coordinateCodec,
  settings: settingCodec,
  indexes: indexCodec,
};
