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
  /** `answer` is told how long it took as well. */
  proposeThen(command: Uint8Array, answer: (outcome: ProposeOutcome, waitedMs: number) => void): void;
}

/** What becomes of a command that this server does not take. */
type Otherwise = (command: Uint8Array) => ProposeResult | Promise<ProposeResult>;

const NO_LEADER: ProposeResult = { kind: 'noLeader' };
const noLeader: Otherwise = () => NO_LEADER;
/** Most outcomes by far. */
const DONE = { true: encodeOutcome({ kind: 'done', ok: true }), false: encodeOutcome({ kind: 'done', ok: false }) };

/** Commands in, results out; the one place that counts them. */
export class Proposer {
  private count = 0;
  private bytes = 0;
  private closed = false;
  /** Not told yet: nearly all commands are applied, and a labelled counter costs as much as the rest of an answer. */
  private appliedCount = 0;

  constructor(
    private readonly node: ProposeTarget,
    private readonly router: LeaderRouter,
    private readonly ports: { readonly clock: Clock; readonly metrics: ServerMetrics },
    private readonly options: ProposerOptions = proposerDefaults,
  ) {
    Object.assign(ports.metrics.proposals, { collect: () => this.tellApplied() });
  }

  /** Commands that have no result yet. */
  get depth(): number {
    return this.count;
  }

  /** Takes nothing more; others may find the next leader meanwhile. */
  close(): void {
    this.closed = true;
    this.tellApplied();
  }

  /** Follows the leader. */
  propose(command: Uint8Array): Promise<ProposeResult> {
    return this.take(command, this.router.isLeader, this.followLeader);
  }

  /** For commands that another server forwarded: never sends them on. */
  proposeHere(command: Uint8Array): Promise<ProposeResult> {
    return this.take(command, true, noLeader);
  }

  /**
   * One promise for each command, and a callback within: a promise in each of the layers took a fifth of a write's time.
   * And one scope for all that the callback needs: what a command holds while it waits, the collector copies.
   */
  private take(command: Uint8Array, isForHere: boolean, otherwise: Otherwise): Promise<ProposeResult> {
    const { metrics } = this.ports;
    if (this.count >= this.options.proposalsMax || this.bytes + command.length > this.options.bytesMax) {
      metrics.proposals.inc({ result: 'refused' });
      return Promise.resolve({ kind: 'refused', reason: 'too many writes are waiting', retryable: true });
    }
    this.count++;
    this.bytes += command.length;
    if (this.closed || !isForHere) return this.finish(command, 0, otherwise);
    let resolve!: (result: ProposeResult | Promise<ProposeResult>) => void;
    const promise = new Promise<ProposeResult>((settle) => (resolve = settle));
    this.node.proposeThen(command, (outcome, waitedMs) => {
      const result = this.resultOf(outcome);
      resolve(result ? this.settled(command, waitedMs, result) : this.finish(command, waitedMs, otherwise));
    });
    return promise;
  }

  /** `waitedMs` so far. */
  private async finish(command: Uint8Array, waitedMs: number, otherwise: Otherwise): Promise<ProposeResult> {
    const { clock } = this.ports;
    const startedMs = clock.monotonicMs();
    try {
      // Consensus may be in the middle of a turn: nothing new is asked of it before that ends.
      await undefined;
      const result = await otherwise(command);
      return this.settled(command, waitedMs + clock.monotonicMs() - startedMs, result);
    } catch (error) {
      this.release(command);
      throw error;
    }
  }

  private readonly followLeader: Otherwise = async (command) => {
    const result = await this.router.route(
      () => this.here(command),
      async (leader) => certain(await leader.propose(command)),
      { repeatable: false },
    );
    return result ?? NO_LEADER;
  };

  private async here(command: Uint8Array): Promise<ProposeResult | undefined> {
    if (this.closed) return undefined;
    return this.resultOf(await new Promise((resolve) => this.node.proposeThen(command, resolve)));
  }

  private resultOf(outcome: ProposeOutcome): ProposeResult | undefined {
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

  private settled(command: Uint8Array, waitedMs: number, result: ProposeResult): ProposeResult {
    const { metrics } = this.ports;
    this.release(command);
    if (result.kind !== 'applied') {
      metrics.proposals.inc({ result: result.kind });
    } else {
      this.appliedCount++;
      metrics.proposeSeconds.observe(waitedMs / 1000);
    }
    return result;
  }

  private tellApplied(): void {
    if (this.appliedCount > 0) this.ports.metrics.proposals.inc({ result: 'applied' }, this.appliedCount);
    this.appliedCount = 0;
  }

  private release(command: Uint8Array): void {
    this.count--;
    this.bytes -= command.length;
  }
}

const certain = (result: ProposeResult): ProposeResult | undefined => (result.kind === 'noLeader' ? undefined : result);

const encoded = (outcome: Outcome): Uint8Array =>
  outcome.kind === 'done' ? DONE[`${outcome.ok}`] : encodeOutcome(outcome);
