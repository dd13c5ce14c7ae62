import { type Clock, type Logger, type Random } from '@tribune/platform';
import { connectState, type StateApi, type StateClient } from '@tribune/protocol';
import type { NodeEvent, NodeStatus } from '../node/outcomes';

/** What routing needs of consensus. */
export interface LeaderSource {
  status(): NodeStatus;
  on(listener: (event: NodeEvent) => void): () => void;
}

export interface LeaderRouterCollaborators {
  readonly source: LeaderSource;
  /** Where a server is reached now; gossip knows better than an old configuration. */
  readonly addressOf: (id: string) => string | undefined;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

/** Consul's `rpc_hold_timeout`: how long a request waits for a leader to appear. */
export const RPC_HOLD_MS = 7_000;
/** How long we wait for the next attempt when no change of leader is reported. */
const RETRY_MS = 50;

/** `undefined` says: certainly not done, the leader is not there. */
type Attempt<T> = Promise<T | undefined> | T | undefined;

/** Takes work to the leader, wherever it is, and waits for one while there is none. */
export class LeaderRouter {
  private link: { readonly address: string; readonly client: StateClient } | undefined;
  private readonly unfollow: () => void;
  private readonly waiting = new Set<() => void>();
  private stopped = false;
  private leads = false;
  private handovers = 0;

  constructor(
    private readonly collaborators: LeaderRouterCollaborators,
    private readonly holdMs = RPC_HOLD_MS,
  ) {
    this.unfollow = collaborators.source.on(({ kind }) => {
      if (kind === 'roleChanged' || kind === 'leaderChanged') this.onChange();
    });
  }

  get isLeader(): boolean {
    return this.leads;
  }

  /** A leader that hands over takes no commands, but another one will in a moment. */
  get isHandingOver(): boolean {
    return this.handovers > 0;
  }

  async handOver<T>(transfer: () => Promise<T>): Promise<T> {
    this.handovers++;
    try {
      return await transfer();
    } finally {
      this.handovers--;
    }
  }

  /** Commands on their way to the leader. */
  get depth(): number {
    return this.link?.client.depth ?? 0;
  }

  /**
   * Runs `local` when this server leads, `remote` when another does. With `repeatable`, an answer that has not come when
   * the leader changes is not waited for. Undefined when no leader did it within the hold time.
   */
  async route<T>(
    local: () => Attempt<T>,
    remote: (leader: StateApi) => Attempt<T>,
    { repeatable }: { readonly repeatable: boolean },
  ): Promise<T | undefined> {
    const { clock } = this.collaborators;
    const deadlineMs = clock.monotonicMs() + this.holdMs;
    for (;;) {
      const attempt = this.attempt(local, remote);
      const result = await (repeatable ? this.untilChange(attempt) : attempt);
      if (result !== undefined) return result;
      const leftMs = deadlineMs - clock.monotonicMs();
      if (leftMs <= 0 || this.stopped) return undefined;
      await this.change(Math.min(RETRY_MS, leftMs));
    }
  }

  /** The next server that is known to lead, this one included; undefined when none is within the time. */
  async nextLeader(timeoutMs: number): Promise<string | undefined> {
    const { clock, source } = this.collaborators;
    const deadlineMs = clock.monotonicMs() + timeoutMs;
    for (;;) {
      const { leaderId } = source.status();
      const leftMs = deadlineMs - clock.monotonicMs();
      if (leaderId !== undefined || leftMs <= 0 || this.stopped) return leaderId;
      await this.change(leftMs);
    }
  }

  stop(): void {
    this.stopped = true;
    this.leads = false;
    this.unfollow();
    this.dropLink();
    this.wakeAll();
  }

  private async attempt<T>(local: () => Attempt<T>, remote: (leader: StateApi) => Attempt<T>): Promise<T | undefined> {
    if (this.leads) return local();
    const leader = this.leader();
    return leader && remote(leader);
  }

  private leader(): StateApi | undefined {
    const { source, addressOf, clock, random, logger } = this.collaborators;
    if (this.stopped) return undefined;
    const { leaderId, leaderAddress } = source.status();
    const address = leaderId === undefined ? undefined : (addressOf(leaderId) ?? leaderAddress);
    if (address === undefined) return undefined;
    if (this.link?.address !== address) {
      this.dropLink();
      // No holding on the link: it says at once what it could not send, and we look for the leader again.
      const client = connectState({ servers: () => [address], holdMs: 0, forwarded: true, clock, random, logger });
      this.link = { address, client };
    }
    return this.link.client;
  }

  private onChange(): void {
    this.leads = this.collaborators.source.status().role === 'leader';
    if (this.leads) this.dropLink();
    this.wakeAll();
  }

  private wakeAll(): void {
    for (const wake of [...this.waiting]) wake();
  }

  /** The answer, or undefined when the leader changes first. */
  private untilChange<T>(attempt: Promise<T | undefined>): Promise<T | undefined> {
    return new Promise((resolve, reject) => {
      const giveUp = (): void => resolve(undefined);
      this.waiting.add(giveUp);
      attempt.then(resolve, reject).finally(() => this.waiting.delete(giveUp));
    });
  }

  private change(timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        timer.cancel();
        this.waiting.delete(done);
        resolve();
      };
      const timer = this.collaborators.clock.setTimer(timeoutMs, done);
      this.waiting.add(done);
    });
  }

  private dropLink(): void {
    this.link?.client.close();
    this.link = undefined;
  }
}
