import type { Clock, Random } from '@tribune/platform';
import { encodeCommand, type KvOperation as StoreOperation, type Outcome } from '@tribune/state-store';
import type { Invariants } from '../checkers/invariants';
import type { KvAction, KvAnswer, KvRow } from '../checkers/kv-history';
import type { WorldBug } from '../faults/planted-bugs';
import type { Profile } from '../faults/profiles';
import type { Seasons } from '../faults/seasons';
import type { SimServer } from '../world/sim-server';
import type { Expiries } from './expiries';
import type { History, Recorded } from './history';

export interface ClientWorld {
  readonly clock: Clock;
  readonly random: Random;
  readonly servers: readonly SimServer[];
  readonly history: History;
  readonly expiries: Expiries;
  readonly invariants: Invariants;
  readonly profile: Profile;
  readonly seasons: Seasons;
  readonly bug: WorldBug | undefined;
}

export const KEYS = 3;
/** Sessions belong to this node of the catalog. */
export const NODE = 'n';
const TIMEOUT_MS = 250;
const POLL_MS = 2;
/** Way between a front end and the server that leads. */
const HOP_MS_MAX = 4;

/** One user: asks one thing at a time, of whichever server, and writes down what it is told. */
export class Client {
  /** One session per key, as a lock holder has. */
  private readonly sessions = new Map<string, string>();
  private readonly timeoutMs: number;
  private lastRead: { readonly key: string; readonly index: number } = { key: '', index: 0 };

  constructor(
    private readonly name: number,
    private readonly world: ClientWorld,
  ) {
    this.timeoutMs = TIMEOUT_MS * world.profile.pace;
  }

  async run(isOver: () => boolean): Promise<void> {
    const { random, servers, seasons } = this.world;
    while (!isOver()) {
      await this.wait(random.next() * seasons.thinkMsMax);
      const server = servers[random.integer(servers.length)]!;
      if (!server.isServing) continue;
      await this.ask(server, `k${random.integer(KEYS)}`);
      await this.renewSessions(server);
    }
  }

  /** The default mode of reads: the leader names an index, and the server that was asked waits until it has it. */
  async read(server: SimServer, key: string): Promise<boolean> {
    const operation = this.world.history.begin(this.name, key, { kind: 'get' });
    const { machine } = server;
    const mayRead = this.world.bug === 'readsLocally' || (await this.fence(server));
    if (!mayRead || server.machine !== machine || !server.isServing) return false;
    const row = machine!.row(key);
    this.world.history.end(operation, { row: row && seen(row) });
    this.lastRead = { key, index: row?.modifyIndex ?? 0 };
    return true;
  }

  private async ask(server: SimServer, key: string): Promise<void> {
    const pick = this.world.random.next();
    if (pick < 0.45) return void (await this.read(server, key));
    if (pick < 0.55) return this.write(server, key, { kind: 'put', value: this.newValue() });
    if (pick < 0.72) return this.exchange(server, pick < 0.68);
    if (pick < 0.76) return this.write(server, key, { kind: 'delete' });
    return this.useLock(server, key);
  }

  /** On the index of what it saw last. */
  private exchange(server: SimServer, keeps: boolean): Promise<void> {
    const { key, index } = this.lastRead;
    if (key === '') return Promise.resolve();
    const action: KvAction = keeps ? { kind: 'cas', index, value: this.newValue() } : { kind: 'delete-cas', index };
    return this.write(server, key, action);
  }

  private async useLock(server: SimServer, key: string): Promise<void> {
    const session = this.sessions.get(key);
    if (session === undefined) return this.openSession(server, key);
    const { ttlMs, lockDelayMs } = this.world.profile;
    const pick = this.world.random.next();
    if (pick < 0.5) return this.write(server, key, { kind: 'acquire', session, value: this.newValue() });
    if (pick < 0.8) return this.write(server, key, { kind: 'release', session, value: this.newValue() });
    this.sessions.delete(key);
    // Who falls silent instead leaves the end to the leader.
    if (ttlMs > 0 && pick < 0.9) return;
    this.world.expiries.givenUp(session);
    return this.write(server, key, { kind: 'invalidate', session, delays: lockDelayMs > 0 });
  }

  private async renewSessions(server: SimServer): Promise<void> {
    const { profile, servers, expiries } = this.world;
    if (profile.ttlMs === 0 || this.sessions.size === 0) return;
    const leader = leaderFor(server, servers);
    if (!leader) return;
    await this.hop();
    for (const [key, session] of this.sessions) {
      if (!leader.isServing || leader.core!.role !== 'leader') return;
      const { node, sessions } = leader;
      const isIgnored = this.world.bug === 'ignoresRenewal';
      const confirm = async (): Promise<number | undefined> => {
        const fence = await node!.readIndex();
        return fence.kind === 'confirmed' ? fence.index : undefined;
      };
      const renewal = isIgnored ? 'renewed' : await this.within(sessions!.renew(session, confirm));
      if (renewal === 'renewed') expiries.renewed(session);
      if (renewal === 'unknown') this.sessions.delete(key);
    }
  }

  private async openSession(server: SimServer, key: string): Promise<void> {
    const id = this.world.history.newSession(key);
    const { ttlMs, lockDelayMs } = this.world.profile;
    const ttl = ttlMs > 0 ? `${ttlMs}ms` : '';
    const session = { id, name: '', node: NODE, lockDelayNs: lockDelayMs * 1e6, behavior: 'delete', ttl } as const;
    const command = encodeCommand({
      type: 'session-create',
      session: { ...session, nodeChecks: null, serviceChecks: null },
    });
    const outcome = await this.within(leaderFor(server, this.world.servers)?.node?.propose(command));
    if (outcome?.kind === 'applied' && (outcome.result as Outcome).kind === 'session') this.sessions.set(key, id);
  }

  private async write(server: SimServer, key: string, action: Exclude<KvAction, { kind: 'get' }>): Promise<void> {
    const { history, invariants } = this.world;
    const leader = leaderFor(server, this.world.servers);
    if (!leader) return;
    const command = commandOf(key, action);
    const operation = history.begin(this.name, key, action, command);
    await this.hop();
    if (!leader.isServing) return history.forget(operation);
    const outcome = await this.within(leader.node!.propose(command));
    // It certainly never reached the log.
    if (outcome?.kind === 'notLeader' || outcome?.kind === 'refused') return history.forget(operation);
    if (outcome?.kind !== 'applied') return;
    invariants.acknowledges(outcome.index, command);
    this.settle(operation, outcome.result as Outcome);
  }

  private settle(operation: Recorded, outcome: Outcome): void {
    const { history } = this.world;
    // The session is not known: nothing was done.
    if (outcome.kind === 'error') return history.forget(operation);
    history.end(operation, { done: outcome.kind === 'done' && outcome.ok } satisfies KvAnswer);
  }

  private async fence(server: SimServer): Promise<boolean> {
    const { machine } = server;
    const leader = leaderFor(server, this.world.servers);
    if (!leader) return false;
    if (leader !== server) await this.hop();
    if (!leader.isServing) return false;
    const fence = await this.within(Promise.resolve(leader.node!.readIndex()));
    if (fence?.kind !== 'confirmed') return false;
    if (leader !== server) await this.hop();
    for (let waited = 0; machine!.appliedIndex < fence.index; waited += POLL_MS) {
      if (waited > this.timeoutMs) return false;
      await this.wait(POLL_MS);
    }
    return true;
  }

  private newValue(): string {
    return this.world.history.newValue();
  }

  private within<T>(promise: Promise<T> | undefined): Promise<T | undefined> {
    return Promise.race([promise ?? Promise.resolve(undefined), this.wait(this.timeoutMs).then(() => undefined)]);
  }

  private hop(): Promise<void> {
    return this.wait(this.world.random.next() * HOP_MS_MAX);
  }

  private wait(ms: number): Promise<void> {
    return new Promise((resolve) => this.world.clock.setTimer(ms, resolve));
  }
}

/** Whom this server takes for the leader; maybe somebody who no longer is. */
function leaderFor(server: SimServer, servers: readonly SimServer[]): SimServer | undefined {
  const id = server.core?.leaderId;
  const leader = servers.find((other) => other.id === id);
  return leader?.isServing ? leader : undefined;
}

const seen = ({ value, modifyIndex, lockIndex, session }: KvRow | StoreRow): KvRow => ({
  value: typeof value === 'string' ? value : Buffer.from(value).toString(),
  modifyIndex,
  lockIndex,
  session,
});

type StoreRow = Omit<KvRow, 'value'> & { readonly value: Uint8Array };

function commandOf(key: string, action: Exclude<KvAction, { kind: 'get' }>): Uint8Array {
  if (action.kind === 'invalidate') return encodeCommand({ type: 'session-destroy', id: action.session });
  return encodeCommand({ type: 'kv', operation: storeOperation(key, action) });
}

function storeOperation(key: string, action: Exclude<KvAction, { kind: 'get' | 'invalidate' }>): StoreOperation {
  const written = { key, value: Buffer.from('value' in action ? action.value : ''), flags: 0n };
  switch (action.kind) {
    case 'put':
      return { verb: 'set', ...written };
    case 'cas':
      return { verb: 'cas', ...written, index: action.index };
    case 'delete':
      return { verb: 'delete', key };
    case 'delete-cas':
      return { verb: 'delete-cas', key, index: action.index };
    case 'acquire':
      return { verb: 'lock', ...written, session: action.session };
    case 'release':
      return { verb: 'unlock', ...written, session: action.session };
  }
}
