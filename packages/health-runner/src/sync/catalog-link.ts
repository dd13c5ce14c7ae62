import { sleep, type Clock } from '@tribune/platform';
import type { AgentOutcome, StateApi } from '@tribune/protocol';
import { decodeOutcome, encodeCommand, type Command, type View } from '@tribune/state-store';
import { DONE, failed } from '../local/outcomes';

export interface CatalogLinkCollaborators {
  readonly state: StateApi;
  readonly view: View;
  readonly clock: Clock;
}

/** Commands under way at once: enough to fill a group commit, few enough not to fill the leader's queue. */
const COMMANDS_AT_ONCE = 64;
/** How long a sync waits for the feed to bring what it must have seen. */
const FEED_WAIT_MS = 5_000;

/** The agent's way to the catalog: writes go up, and what is read has seen them. */
export class CatalogLink {
  /** What a comparison must have seen: this agent's newest write, or the newest fence. */
  private floorRevision = 0;
  private readonly closed: Promise<never>;
  private rejectClosed!: (reason: Error) => void;

  constructor(private readonly collaborators: CatalogLinkCollaborators) {
    this.closed = new Promise((_resolve, reject) => (this.rejectClosed = reject));
    this.closed.catch(() => undefined);
  }

  /** Whoever waits for a server stops waiting: a stop does not take as long as a time-out. What was sent may still happen. */
  close(): void {
    this.rejectClosed(new Error('the agent stops'));
  }

  get tables(): View['tables'] {
    return this.collaborators.view.tables;
  }

  /** Everything acknowledged before this call is to be seen; without a leader, what is here must do. */
  async raiseFloor(): Promise<void> {
    const fence = await Promise.resolve(this.collaborators.state.readFence()).catch(() => undefined);
    if (fence?.kind === 'confirmed') this.floorRevision = Math.max(this.floorRevision, fence.revision);
  }

  /** Makes the rows of the node readable. Comparing with rows older than our last write would write it again. */
  async open(node: string): Promise<void> {
    const { view, clock } = this.collaborators;
    await this.unlessClosed(view.require([{ kind: 'node', node }]));
    // After a start, rows of the last run may be on their way still, and so may the leader's own record of this node.
    if (this.floorRevision === 0) await this.raiseFloor();
    const arrival = view.atLeast(this.floorRevision);
    if (!arrival) return;
    const tired = new AbortController();
    await this.unlessClosed(Promise.race([arrival, sleep(clock, FEED_WAIT_MS, tired.signal)])).finally(() =>
      tired.abort(),
    );
  }

  /** Sends until one fails; the first failure is the outcome. */
  async send(commands: readonly Command[]): Promise<AgentOutcome> {
    for (let at = 0; at < commands.length; at += COMMANDS_AT_ONCE) {
      const batch = commands.slice(at, at + COMMANDS_AT_ONCE);
      const outcomes = await this.unlessClosed(Promise.all(batch.map((command) => this.propose(command))));
      const failure = outcomes.find((outcome) => !outcome.ok);
      if (failure) return failure;
    }
    return DONE;
  }

  private unlessClosed<T>(work: T | Promise<T>): Promise<T> {
    return Promise.race([work, this.closed]);
  }

  private async propose(command: Command): Promise<AgentOutcome> {
    const result = await this.collaborators.state.propose(encodeCommand(command));
    switch (result.kind) {
      case 'applied': {
        this.floorRevision = Math.max(this.floorRevision, result.revision);
        const outcome = decodeOutcome(result.outcome);
        return outcome.kind === 'error' ? failed(outcome.message) : DONE;
      }
      case 'noLeader':
        return failed('No cluster leader');
      case 'refused':
      case 'unknown':
        return failed(result.reason);
    }
  }
}
