import { setImmediate as nextTurn } from 'node:timers/promises';
import { CodedError, dialErrorText, joinHostPort, lookupErrorText, messageOf, type Logger } from '@tribune/platform';
import type { Endpoint, PushedState, StateExchange } from '../core/messages';
import type { PushPullOrder } from '../core/ready';
import type { Swim } from '../core/swim';
import type { GossipMetrics } from '../metrics';
import type { Serf } from '../serf/serf';
import { STATES_PER_TURN } from '../transport/codec/stream-codec';
import type { PoolTransport } from '../transport/pool-transport';
import { resolveJoinAddress } from './join-addresses';

export class MergeRefused extends CodedError<{ code: 'GOSSIP_MERGE_REFUSED'; reason: string }> {}

interface Collaborators {
  readonly transport: PoolTransport;
  readonly serf: Serf;
  readonly swim: () => Swim;
  readonly pump: () => void;
  readonly now: () => number;
  readonly logger: Logger;
  readonly metrics: GossipMetrics;
}

/** Full state exchanges with single members: to join, to repair what gossip missed, to reach failed members again. */
export class StateExchanger {
  constructor(
    private readonly options: { readonly pool: string; readonly name: string },
    private readonly collaborators: Collaborators,
  ) {}

  /** Contacts every address; succeeds partly. */
  async join(addresses: readonly string[], defaultPort: number): Promise<{ joined: number; errors: string[] }> {
    const outcomes = await Promise.all(addresses.map((address) => this.joinOne(address, defaultPort)));
    const joined = outcomes.reduce((sum, outcome) => sum + outcome.joined, 0);
    if (joined > 0) {
      this.collaborators.serf.announceJoin(this.collaborators.now());
      this.collaborators.pump();
    }
    return { joined, errors: outcomes.flatMap(({ errors }) => errors) };
  }

  async pushPull({ to, node }: PushPullOrder): Promise<void> {
    try {
      await this.exchangeWith(to, false);
    } catch (error) {
      this.collaborators.logger.debug('state exchange failed', { node, reason: messageOf(error) });
    }
  }

  /** Our state from before the merge; the merge itself goes on behind the answer. */
  answer(remote: StateExchange): StateExchange {
    const local = this.local(remote.join);
    void this.merge(remote, false).catch((error: unknown) => {
      this.collaborators.logger.warn('state of a peer refused', { reason: messageOf(error) });
    });
    return local;
  }

  private async joinOne(address: string, defaultPort: number): Promise<{ joined: number; errors: string[] }> {
    const errors: string[] = [];
    let joined = 0;
    try {
      for (const endpoint of await resolveJoinAddress(address, defaultPort)) {
        await this.exchangeWith(endpoint, true).then(
          () => (joined += 1),
          (error: unknown) => errors.push(`Failed to join ${endpoint.host}: ${reasonOf(endpoint, error)}`),
        );
      }
    } catch (error) {
      errors.push(`Failed to resolve ${address}: ${lookupErrorText(error, address) ?? messageOf(error)}`);
    }
    return { joined, errors };
  }

  private async exchangeWith(to: Endpoint, join: boolean): Promise<void> {
    const { pool } = this.options;
    const { transport, metrics } = this.collaborators;
    try {
      const remote = await transport.exchange(to, this.local(join));
      await this.merge({ ...remote, join }, join);
      metrics.exchanges.inc({ pool, outcome: 'ok' });
    } catch (error) {
      metrics.exchanges.inc({ pool, outcome: 'failed' });
      throw error;
    }
  }

  private local(join: boolean): StateExchange {
    return { join, states: this.collaborators.swim().states(), userState: this.collaborators.serf.state() };
  }

  // In slices, because a large pool's state would hold the event loop. Only who joins ignores what happened before.
  private async merge(remote: StateExchange, ignoreOldEvents: boolean): Promise<void> {
    const { serf, pump, now } = this.collaborators;
    const swim = this.collaborators.swim();
    const reason = swim.incompatibility(remote.states) ?? (remote.join ? this.firstRefusal(remote.states) : undefined);
    if (reason !== undefined) throw new MergeRefused({ code: 'GOSSIP_MERGE_REFUSED', reason }, reason);
    for (let i = 0; i < remote.states.length; i += STATES_PER_TURN) {
      if (i > 0) await nextTurn();
      swim.merge(remote.states.slice(i, i + STATES_PER_TURN), now());
      pump();
    }
    if (remote.userState.length > 0) serf.mergeState(Buffer.from(remote.userState), ignoreOldEvents, now());
    pump();
  }

  private firstRefusal(states: readonly PushedState[]): string | undefined {
    for (const { name, state, ...rest } of states) {
      if (state !== 'alive' || name === this.options.name) continue;
      const reason = this.collaborators.serf.admit({ kind: 'alive', node: name, ...rest });
      if (reason !== undefined) return reason;
    }
    return undefined;
  }
}

/** In the words that Consul's operators know: `dial tcp 127.0.0.1:1: connect: connection refused`. */
function reasonOf({ host, port }: Endpoint, error: unknown): string {
  const cause = (error as Error).cause as NodeJS.ErrnoException | undefined;
  return cause?.syscall === undefined ? messageOf(error) : dialErrorText('tcp', joinHostPort(host, port), cause);
}
