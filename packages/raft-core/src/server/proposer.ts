import type { Clock } from '@tribune/platform';
import type { ProposeResult } from '@tribune/protocol';
import { encodeOutcome, type Outcome } from '@tribune/state-store';
import type { ProposeOutcome } from '../node/outcomes';
import type { LeaderRouter } from './leader-router';
import type { ServerMetrics } from './metrics';

export interface ProposerOptions {
  /** Commands that are waiting for a leader or for their result; over it new ones are refused. */
  readonly proposalsMax: number;
  readonly bytesMax: number;
}

export const proposerDefaults: ProposerOptions = { proposalsMax: 16_384, bytesMax: 64 << 20 };

/** What proposing needs of consensus. */
export interface ProposeTarget {
  propose(command: Uint8Array): Promise<ProposeOutcome>;
}

const NO_LEADER: ProposeResult = { kind: 'noLeader' };
/** Most outcomes by far. */
const DONE = { true: encodeOutcome({ kind: 'done', ok: true }), false: encodeOutcome({ kind: 'done', ok: false }) };

/** Commands in, results out; the one place that counts them. */
export class Proposer {
  private count = 0;
  private bytes = 0;
  private closed = false;

  constructor(
    private readonly node: ProposeTarget,
    private readonly router: LeaderRouter,
    private readonly ports: { readonly clock: Clock; readonly metrics: ServerMetrics },
    private readonly options: ProposerOptions = proposerDefaults,
  ) {}

  /** Commands that have no result yet. */
  get depth(): number {
    return this.count;
  }

  /** Takes nothing more; others may find the next leader meanwhile. */
  close(): void {
    this.closed = true;
  }

  /** Follows the leader. */
  propose(command: Uint8Array): Promise<ProposeResult> {
    return this.counted(command, () => this.follow(command));
  }

  /** For commands that another server forwarded: never sends them on. */
  proposeHere(command: Uint8Array): Promise<ProposeResult> {
    return this.counted(command, async () => (await this.here(command)) ?? NO_LEADER);
  }

  private async follow(command: Uint8Array): Promise<ProposeResult> {
    if (this.router.isLeader) {
      const result = await this.here(command);
      if (result) return result;
    }
    const result = await this.router.route(
      () => this.here(command),
      async (leader) => certain(await leader.propose(command)),
      { repeatable: false },
    );
    return result ?? NO_LEADER;
  }

  private async here(command: Uint8Array): Promise<ProposeResult | undefined> {
    if (this.closed) return undefined;
    const outcome = await this.node.propose(command);
    switch (outcome.kind) {
      case 'applied':
        return { kind: 'applied', revision: outcome.index, outcome: encoded(outcome.result as Outcome) };
      case 'notLeader':
        return undefined;
      case 'refused':
        return outcome.retryable && (this.closed || this.router.isHandingOver) ? undefined : outcome;
      case 'unknown':
        return outcome;
    }
  }

  private async counted(command: Uint8Array, run: () => Promise<ProposeResult>): Promise<ProposeResult> {
    const { clock, metrics } = this.ports;
    if (this.count >= this.options.proposalsMax || this.bytes + command.length > this.options.bytesMax) {
      metrics.proposals.inc({ result: 'refused' });
      return { kind: 'refused', reason: 'too many writes are waiting', retryable: true };
    }
    this.count++;
    this.bytes += command.length;
    const startedMs = clock.monotonicMs();
    try {
      const result = await run();
      metrics.proposals.inc({ result: result.kind });
      if (result.kind === 'applied') metrics.proposeSeconds.observe((clock.monotonicMs() - startedMs) / 1000);
      return result;
    } finally {
      this.count--;
      this.bytes -= command.length;
    }
  }
}

const certain = (result: ProposeResult): ProposeResult | undefined => (result.kind === 'noLeader' ? undefined : result);

const encoded = (outcome: Outcome): Uint8Array =>
  outcome.kind === 'done' ? DONE[`${outcome.ok}`] : encodeOutcome(outcome);
