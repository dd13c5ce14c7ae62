import { messageOf, sleep, type Clock, type Logger } from '@tribune/platform';
import type { AgentApi, AgentOutcome } from '@tribune/protocol';
import type { AgentConfig } from '../config/agent-config';

type Told = Parameters<AgentApi['reload']>;

const RETRY_MS = 250;

/** What the health runner was last told of files. Its process forgets that when it dies, so each new one is told again. */
export class ToldDefinitions {
  private last: Told;

  constructor(
    { services, checks, nodeMeta }: Pick<AgentConfig, 'services' | 'checks' | 'nodeMeta'>,
    private readonly agent: AgentApi,
    private readonly ports: { readonly clock: Clock; readonly logger: Logger },
  ) {
    this.last = [services, checks, nodeMeta];
  }

  async reload(...next: Told): Promise<AgentOutcome> {
    const outcome = await this.agent.reload(...next);
    if (outcome.ok) this.last = next;
    return outcome;
  }

  /** Until the piece has heard it: before that it syncs nothing. */
  async tell(signal: AbortSignal): Promise<void> {
    const { clock, logger } = this.ports;
    while (!signal.aborted) {
      try {
        const outcome = await this.agent.reload(...this.last);
        if (!outcome.ok) logger.error('definitions were refused', { reason: outcome.reason });
        return;
      } catch (error) {
        logger.debug('definitions could not be told yet', { reason: messageOf(error) });
        await sleep(clock, RETRY_MS, signal);
      }
    }
  }
}
