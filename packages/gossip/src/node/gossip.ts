import { join as joinPath } from 'node:path';
import type { Clock, Logger, Metrics, Random, Startable } from '@tribune/platform';
import type {
  AnswerOutcome,
  Coordinate,
  KeyringResponse,
  Member,
  MemberQuery,
  MemberQueryOutcome,
  MembershipApi,
  MembershipEvent,
  Pool,
  QueryEvent,
  UserEvent,
} from '@tribune/protocol';
import { validateOptions, type GossipOptions, type PoolOptions } from '../config/gossip-options';
import { gossipMetrics, type GossipMetrics } from '../metrics';
import type { KeyOperation } from '../serf/key-operations';
import type { MemberChange } from '../serf/member-book';
import type { EventMessage } from '../serf/serf-messages';
import type { Tags } from '../serf/tags-codec';
import { refusal } from './admission';
import { keyStore, loadKeyring } from './keyring-file';
import { requestKeyring } from './keyring-request';
import { askMembers } from './member-query';
import { knobsOf } from './pool-config';
import { PoolNode } from './pool-node';
import { QueryInbox } from './query-inbox';
import { retryJoin } from './retry-join';
import {
  UserEventLog,
  decodeUserEvent,
  encodeUserEvent,
  newUserEvent,
  serfEventName,
  userEventProblem,
  type NewUserEvent,
} from './user-events';
import { WatchHub } from './watch-hub';

export interface GossipCollaborators {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Called when another agent keeps our name; the pool has stopped. */
  readonly nameLost?: (pool: Pool) => void;
}

const RETRY_INTERVAL_MS = 30_000;
const LEVELS_INTERVAL_MS = 5_000;
/** Where Consul keeps them, under its data directory. */
const FILES: Readonly<Record<Pool, { snapshot: string; keyring: string }>> = {
  lan: { snapshot: 'serf/local.snapshot', keyring: 'serf/local.keyring' },
  wan: { snapshot: 'serf/remote.snapshot', keyring: 'serf/remote.keyring' },
};

/** The LAN pool that every agent is in, the WAN pool of the servers, and what the other pieces see of both. */
export class Gossip implements MembershipApi, Startable {
  private readonly pools = new Map<Pool, PoolNode>();
  private readonly hub = new WatchHub<MembershipEvent>();
  private readonly inbox: QueryInbox;
  private readonly log = new UserEventLog();
  private readonly logger: Logger;
  private readonly metrics: GossipMetrics;
  private readonly stopping = new AbortController();
  private isStarted = false;

  constructor(
    private readonly options: GossipOptions,
    private readonly collaborators: GossipCollaborators,
  ) {
    validateOptions(options);
    this.logger = collaborators.logger.child('gossip');
    this.metrics = gossipMetrics(collaborators.metrics);
    this.inbox = new QueryInbox(collaborators.clock);
    this.pools.set('lan', this.createPool('lan', options.name, options.lan));
    if (options.wan)
      this.pools.set('wan', this.createPool('wan', `${options.name}.${options.datacenter}`, options.wan));
  }

  /** The bound gossip port of a pool; undefined when this agent is not in it. */
  port(pool: Pool): number | undefined {
    return this.pools.get(pool)?.port;
  }

  async start(): Promise<void> {
    if (this.isStarted) return;
    this.isStarted = true;
    for (const node of this.pools.values()) await node.start();
    this.retryJoin('lan', this.options.lan);
    if (this.options.wan) this.retryJoin('wan', this.options.wan);
    this.recordLevels();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await Promise.all([...this.pools.values()].map((node) => node.stop()));
    this.hub.close();
    this.inbox.close();
  }

  async members(pool: Pool): Promise<readonly Member[]> {
    return this.pools.get(pool)?.members() ?? [];
  }

  async localMember(): Promise<Member> {
    return this.lan.member(this.lan.name)!;
  }

  watch(signal: AbortSignal): AsyncIterable<MembershipEvent> {
    const snapshot = (): MembershipEvent[] =>
      [...this.pools].map(([pool, node]) => ({ kind: 'snapshot', pool, members: node.members() }));
    return this.hub.watch(snapshot, signal);
  }

  async join(pool: Pool, addresses: readonly string[]): Promise<{ joined: number; errors: readonly string[] }> {
    const node = this.pools.get(pool);
    return node ? node.join(addresses) : { joined: 0, errors: [`this agent is not in the ${pool} pool`] };
  }

  async leave(): Promise<void> {
    this.stopping.abort();
    await Promise.all([...this.pools.values()].map((node) => node.leave()));
  }

  async forceLeave(pool: Pool, name: string, prune: boolean): Promise<'done' | 'unknown'> {
    return (await this.pools.get(pool)?.forceLeave(name, prune)) ?? 'unknown';
  }

  async fireEvent(
    event: NewUserEvent,
  ): Promise<{ readonly ok: true; readonly event: UserEvent } | { readonly ok: false; readonly reason: string }> {
    const problem = userEventProblem(event);
    if (problem !== undefined) return { ok: false, reason: problem };
    const fired = newUserEvent(event, this.collaborators.random.uuid());
    const outcome = this.lan.fireEvent(serfEventName(event.name), encodeUserEvent(fired), false);
    return 'problem' in outcome ? { ok: false, reason: outcome.problem } : { ok: true, event: fired };
  }

  async events(): Promise<readonly UserEvent[]> {
    return this.log.all();
  }

  async setTags(tags: Tags): Promise<void> {
    await Promise.all([...this.pools.values()].map((node) => node.setTags(tags)));
  }

  async coordinate(pool: Pool, node: string): Promise<Coordinate | undefined> {
    return this.pools.get(pool)?.coordinate(node);
  }

  query(pool: Pool, query: MemberQuery): Promise<MemberQueryOutcome> {
    return askMembers(this.pools.get(pool), query);
  }

  queries(names: readonly string[], signal: AbortSignal): AsyncIterable<QueryEvent> {
    return this.inbox.watch(names, signal);
  }

  async answerQuery(id: string, payload: Uint8Array): Promise<AnswerOutcome> {
    return this.inbox.answer(id, payload);
  }

  async keyring(operation: KeyOperation, key: string, relayFactor = 0): Promise<readonly KeyringResponse[]> {
    const request = { operation, key, relayFactor };
    return Promise.all([...this.pools].map(([pool, node]) => requestKeyring(pool, node, request)));
  }

  async stats(): Promise<Readonly<Record<string, Readonly<Record<string, string>>>>> {
    return Object.fromEntries([...this.pools].map(([pool, node]) => [`serf_${pool}`, node.stats()]));
  }

  /** The pool itself, for what only this process needs. */
  pool(pool: Pool): PoolNode | undefined {
    return this.pools.get(pool);
  }

  private get lan(): PoolNode {
    return this.pools.get('lan')!;
  }

  private createPool(pool: Pool, name: string, poolOptions: PoolOptions): PoolNode {
    const { options } = this;
    const pathOf = (file: string): string | undefined =>
      options.dataDir ? joinPath(options.dataDir, file) : undefined;
    const keyringPath = pathOf(FILES[pool].keyring);
    const keyring = loadKeyring(keyringPath, options.encryptKey);
    return new PoolNode(
      {
        pool,
        name,
        bindAddress: poolOptions.bindAddress ?? options.bindAddress,
        advertiseAddress: poolOptions.advertiseAddress ?? options.advertiseAddress,
        port: poolOptions.port,
        advertisePort: poolOptions.advertisePort,
        knobs: knobsOf(poolOptions),
        serf: options.serf,
        tags: options.tags,
        security: {
          label: options.label ?? '',
          keyring,
          verifyIncoming: options.encryptVerifyIncoming ?? true,
          verifyOutgoing: options.encryptVerifyOutgoing ?? true,
        },
        snapshotPath: pathOf(FILES[pool].snapshot),
        rejoinAfterLeave: options.rejoinAfterLeave ?? false,
      },
      {
        ...this.collaborators,
        logger: this.logger,
        metrics: this.metrics,
        keys: keyring && keyStore(keyring, keyringPath),
        memberChanged: ({ kind, member }: MemberChange) => this.hub.publish({ kind, pool, member }),
        userEvent: (event) => this.userEventSeen(event),
        asked: (query) =>
          this.inbox.receive(pool, query, (asked, payload) => this.pools.get(pool)!.answer(asked, payload)),
        nameLost: () => this.nameLost(pool),
        admit: (alive) => refusal({ pool, name, datacenter: options.datacenter, id: options.tags.id ?? '' }, alive),
      },
    );
  }

  private userEventSeen(message: EventMessage): void {
    try {
      const event = decodeUserEvent(message);
      if (!event) return;
      this.log.add(event);
      this.hub.publish({ kind: 'userEvent', event });
    } catch (error) {
      this.logger.warn('unreadable user event', { name: message.name, error });
    }
  }

  private nameLost(pool: Pool): void {
    void this.pools.get(pool)?.stop();
    this.collaborators.nameLost?.(pool);
  }

  private retryJoin(pool: Pool, { retryJoin: addresses = [], retryIntervalMs = RETRY_INTERVAL_MS }: PoolOptions): void {
    if (addresses.length === 0) return;
    const { signal } = this.stopping;
    void retryJoin({ addresses, intervalMs: retryIntervalMs, signal }, (all) => this.join(pool, all), {
      clock: this.collaborators.clock,
      logger: this.logger.child(pool),
    });
  }

  private recordLevels(): void {
    if (this.stopping.signal.aborted) return;
    for (const node of this.pools.values()) node.recordLevels();
    this.collaborators.clock.setTimer(LEVELS_INTERVAL_MS, () => this.recordLevels());
  }
}
