import type { ClientDuplexStream } from '@grpc/grpc-js';
import { messageOf, type Clock, type Timer } from '@tribune/platform';
import type { ProposeResult } from '../api/state';
import { proposeResultFromWire, type WireProposeBatch, type WireProposeResults } from '../grpc/state-wire';
import type { ChosenServer } from './server-choice';

/** One command on its way. */
export interface Proposal {
  readonly command: Uint8Array;
  readonly resolve: (result: ProposeResult) => void;
  /** Monotonic time when it was given to us. */
  readonly sinceMs: number;
}

export interface ProposeStreamEvents {
  /** The server has taken the stream: sending may begin. */
  opened(): void;
  /** The server stops; it will answer what it has. */
  leaving(): void;
  /** Room again after `send` returned false. */
  drained(): void;
  /** The stream is gone. When it was never open, nothing was sent on it. */
  closed(wasOpen: boolean): void;
  settled(proposal: Proposal): void;
}

/** A server that does not take the stream within this time is left. */
const OPEN_TIMEOUT_MS = 2_000;

/** One Propose stream. What was written and not answered when it breaks is `unknown`. */
export class ProposeStream {
  private readonly inFlight = new Map<string, Proposal>();
  private readonly call: ClientDuplexStream<WireProposeBatch, WireProposeResults>;
  private readonly openTimer: Timer;
  private graceTimer: Timer | undefined;
  private nextId = 1;
  private state: 'connecting' | 'open' | 'retired' | 'closed' = 'connecting';

  constructor(
    readonly server: ChosenServer,
    private readonly clock: Clock,
    private readonly events: ProposeStreamEvents,
  ) {
    this.call = server.stub.propose(server.metadata);
    this.openTimer = clock.setTimer(OPEN_TIMEOUT_MS, () => this.close('the server does not answer'));
    this.call.on('metadata', () => this.open());
    this.call.on('data', ({ results, closing }: WireProposeResults) => {
      for (const result of results) this.settle(String(result.id), proposeResultFromWire(result));
      if (closing) this.events.leaving();
    });
    this.call.on('drain', () => this.events.drained());
    this.call.on('error', (error) => this.close(messageOf(error)));
    this.call.on('end', () => this.close('the server ended the stream'));
  }

  get isOpen(): boolean {
    return this.state === 'open';
  }

  /** Sends as one message; false when the transport wants no more until `drained`. */
  send(batch: readonly Proposal[]): boolean {
    const proposals = batch.map((proposal) => {
      const id = this.nextId++;
      this.inFlight.set(String(id), proposal);
      return { id, command: proposal.command };
    });
    return this.call.write({ proposals });
  }

  /** Sends nothing more; what is in flight has `graceMs` to be answered. */
  retire(graceMs: number): void {
    if (this.state === 'connecting') return this.close('no longer needed');
    if (this.state !== 'open') return;
    this.state = 'retired';
    this.call.end();
    this.graceTimer = this.clock.setTimer(graceMs, () => this.close('leadership lost while the write was under way'));
  }

  close(reason: string): void {
    if (this.state === 'closed') return;
    const wasOpen = this.state !== 'connecting';
    this.state = 'closed';
    this.openTimer.cancel();
    this.graceTimer?.cancel();
    this.call.cancel();
    for (const id of [...this.inFlight.keys()]) this.settle(id, { kind: 'unknown', reason });
    this.events.closed(wasOpen);
  }

  private open(): void {
    if (this.state !== 'connecting') return;
    this.openTimer.cancel();
    this.state = 'open';
    this.events.opened();
  }

  private settle(id: string, result: ProposeResult): void {
    const proposal = this.inFlight.get(id);
    if (!proposal) return;
    this.inFlight.delete(id);
    this.events.settled(proposal);
    proposal.resolve(result);
  }
}
