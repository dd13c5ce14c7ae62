import { Coalesced, type FenceResult, type StateApi } from '@tribune/protocol';
import type { ReadIndexOutcome } from '../node/outcomes';
import type { LeaderRouter } from './leader-router';
import type { ServerMetrics } from './metrics';

/** What fencing needs of consensus. */
export interface FenceSource {
  readIndex(): ReadIndexOutcome | Promise<ReadIndexOutcome>;
}

const NO_LEADER: FenceResult = { kind: 'noLeader' };

/** Linearizable read indexes: at once where this server leads alone, otherwise one round for all who wait. */
export class ReadFence {
  private readonly rounds = new Coalesced(() => this.round());
  private readonly roundsHere = new Coalesced(async () => (await this.here()) ?? NO_LEADER);

  constructor(
    private readonly node: FenceSource,
    private readonly router: LeaderRouter,
    private readonly leadsAlone: () => boolean,
    private readonly metrics: ServerMetrics,
  ) {}

  /** Asks the leader when this server is not. */
  get(): FenceResult | Promise<FenceResult> {
    return this.atOnce() ?? this.rounds.get();
  }

  /** For other servers that ask this one as the leader. */
  getHere(): FenceResult | Promise<FenceResult> {
    return this.atOnce() ?? this.roundsHere.get();
  }

  private atOnce(): FenceResult | undefined {
    if (!this.leadsAlone()) return undefined;
    const outcome = this.node.readIndex();
    if (outcome instanceof Promise || outcome.kind !== 'confirmed') return undefined;
    return { kind: 'confirmed', revision: outcome.index };
  }

  private async round(): Promise<FenceResult> {
    const result = await this.router.route(
      () => this.here(),
      async (leader: StateApi) => confirmed(await leader.readFence()),
      { repeatable: true },
    );
    this.metrics.fences.inc({ result: result ? 'confirmed' : 'noLeader' });
    return result ?? NO_LEADER;
  }

  private async here(): Promise<FenceResult | undefined> {
    const outcome = await this.node.readIndex();
    return outcome.kind === 'confirmed' ? { kind: 'confirmed', revision: outcome.index } : undefined;
  }
}

const confirmed = (result: FenceResult): FenceResult | undefined => (result.kind === 'confirmed' ? result : undefined);
