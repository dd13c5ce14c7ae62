import { messageOf, sleep, type Clock, type Logger, type Random, type Startable } from '@tribune/platform';
import type { MembershipApi, StateApi } from '@tribune/protocol';
import { encodeCommand } from '@tribune/state-store';

/** Consul's pace: all agents together send about so many coordinates a second, one agent at most every 15 s. */
const UPDATES_PER_SECOND = 64;
const INTERVAL_MIN_MS = 15_000;

export interface CoordinateSenderCollaborators {
  readonly membership: MembershipApi;
  readonly state: StateApi;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

/**
 * Keeps the catalog's coordinate of this node fresh: gossip learns it, `?near` and `/v1/coordinate/nodes` read it from
 * the catalog. Updates of many agents share the log writes of the leader's group commit.
 */
export class CoordinateSender implements Startable {
  private stopping: AbortController | undefined;
  private sending = Promise.resolve();

  constructor(
    private readonly node: string,
    private readonly collaborators: CoordinateSenderCollaborators,
  ) {}

  async start(): Promise<void> {
    if (this.stopping) return;
    this.stopping = new AbortController();
    this.sending = this.run(this.stopping.signal);
  }

  async stop(): Promise<void> {
    this.stopping?.abort();
    this.stopping = undefined;
    await this.sending;
  }

  private async run(signal: AbortSignal): Promise<void> {
    const { clock, random, logger } = this.collaborators;
    let intervalMs = INTERVAL_MIN_MS;
    for (;;) {
      // Up to twice as long, so that agents that started together do not send together.
      await sleep(clock, intervalMs * (1 + random.next()), signal);
      if (signal.aborted) return;
      try {
        intervalMs = await this.send();
      } catch (error) {
        logger.debug('coordinate not sent', { reason: messageOf(error) });
      }
    }
  }

  /** One update. A lost one does not matter: the next is newer. Resolves with the ms until then. */
  private async send(): Promise<number> {
    const { membership, state } = this.collaborators;
    const coordinate = await membership.coordinate('lan', this.node);
    if (coordinate) {
      const update = { node: this.node, segment: '', ...coordinate };
      await state.propose(encodeCommand({ type: 'coordinate-update', updates: [update] }));
    }
    const members = (await membership.members('lan')).length;
    return Math.max(INTERVAL_MIN_MS, (members / UPDATES_PER_SECOND) * 1000);
  }
}
