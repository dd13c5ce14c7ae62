/**
 * Judges of histories, for whoever has one. Development only.
 * @packageDocumentation
 */
export { checkKvLinearizability, type KvVerdict } from './checkers/kv-linearizability';
export type { KvAction, KvAnswer, KvOperation, KvRow } from './checkers/kv-history';
