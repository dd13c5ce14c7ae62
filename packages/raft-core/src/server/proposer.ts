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
    return this.counted(command, (taken) =>
      this.router.isLeader ? this.hereOrElsewhere(taken) : this.elsewhere(taken),
    );
  }

  /** For commands that another server forwarded: never sends them on. */
  proposeHere(command: Uint8Array): Promise<ProposeResult> {
    return this.counted(command, (taken) => this.here(taken).then((result) => result ?? NO_LEADER));
  }

  private hereOrElsewhere(command: Uint8Array): Promise<ProposeResult> {
    return this.here(command).then((result) => result ?? this.elsewhere(command));
  }

  private async elsewhere(command: Uint8Array): Promise<ProposeResult> {
    const result = await this.router.route(
      () => this.here(command),
      async (leader) => certain(await leader.propose(command)),
      { repeatable: false },
    );
    return result ?? NO_LEADER;
  }

  private here(command: Uint8Array): Promise<ProposeResult | undefined> {
    if (this.closed) return Promise.resolve(undefined);
    return this.node.propose(command).then((outcome) => this.resultOf(outcome));
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

  // Plain callbacks: an async function in each of these layers took a fifth of the time of a write.
  private counted(command: Uint8Array, run: (command: Uint8Array) => Promise<ProposeResult>): Promise<ProposeResult> {
    if (this.count >= this.options.proposalsMax || this.bytes + command.length > this.options.bytesMax) {
      this.ports.metrics.proposals.inc({ result: 'refused' });
      return Promise.resolve({ kind: 'refused', reason: 'too many writes are waiting', retryable: true });
    }
    this.count++;
    this.bytes += command.length;
    const startedMs = this.ports.clock.monotonicMs();
    return run(command).then(
      (result) => this.settled(command, startedMs, result),
      (error: unknown) => {
        this.release(command);
        throw error;
      },
    );
  }

  private settled(command: Uint8Array, startedMs: number, result: ProposeResult): ProposeResult {
    const { clock, metrics } = this.ports;
    this.release(command);
    metrics.proposals.inc({ result: result.kind });
    if (result.kind === 'applied') metrics.proposeSeconds.observe((clock.monotonicMs() - startedMs) / 1000);
    return result;
  }

  private release(command: Uint8Array): void {
    this.count--;
    this.bytes -= command.length;
  }
}

const certain = (result: ProposeResult): ProposeResult | undefined => (result.kind === 'noLeader' ? undefined : result);

const encoded = (outcome: Outcome): Uint8Array =>
  outcome.kind === 'done' ? DONE[`${outcome.ok}`] : encodeOutcome(outcome);
