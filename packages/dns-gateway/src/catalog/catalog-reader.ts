import type { Startable } from '@tribune/platform';
import type { CheckServiceNode, Node } from '@tribune/protocol';

/** What a query read: answers made of it are dropped when `dependency` changes; `touch.used` keeps it followed. */
export interface Source {
  readonly dependency: string;
  readonly touch?: { used: boolean };
}

/** An answer from memory, or what has to arrive first. */
export type Lookup<T> =
  | { readonly kind: 'known'; readonly value: T; readonly sources: readonly Source[] }
  | { readonly kind: 'awaited'; readonly until: Promise<void> }
  | { readonly kind: 'unreachable' };

/** The catalog in memory, as resolvers ask it. Names are taken in any letter case. */
export interface CatalogReader {
  node(name: string): Lookup<Node | undefined>;
  nodeWithAddress(address: Uint8Array): Lookup<Node | undefined>;
  /** In whatever state of health; undefined when there is no service of this name. */
  instances(name: string): Lookup<readonly CheckServiceNode[] | undefined>;
  /** What stands for the service in Connect; empty when nothing does. */
  connectInstances(name: string): Lookup<readonly CheckServiceNode[]>;
}

/** A reader that keeps itself current. */
export interface CatalogMirror extends CatalogReader, Startable {
  /** It can answer. */
  readonly loaded: boolean;
  /** Services, and nodes where those are followed one by one. */
  readonly followed: number;
}
