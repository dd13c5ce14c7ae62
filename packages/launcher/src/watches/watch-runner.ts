import { request, type RequestOptions } from 'node:http';
import { messageOf, sleep, type Clock, type Logger, type Startable } from '@tribune/platform';
import { callHandler } from './handlers';
import type { WatchPlan } from './watch-plan';

export interface WatchCollaborators {
  /** Where this agent's HTTP API listens. */
  readonly api: () => Pick<RequestOptions, 'host' | 'port' | 'socketPath'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Consul's: after n failures in a row wait n² times 5 s, 3 min at most. */
const RETRY_MS = 5_000;
const RETRY_MAX_MS = 180_000;
/** A blocking query of the longest default, and a margin. */
const ANSWER_TIMEOUT_MS = 360_000;

interface Answer {
  readonly index: string;
  readonly body: string;
}

/** Runs the `watches` of the configuration against this agent's own HTTP API, as any client would. */
export class WatchRunner implements Startable {
  private stopping = new AbortController();
  private running: Promise<void>[] = [];

  constructor(
    private plans: readonly WatchPlan[],
    private readonly collaborators: WatchCollaborators,
  ) {}

  async start(): Promise<void> {
    if (this.running.length > 0) return;
    this.stopping = new AbortController();
    this.running = this.plans.map((plan) => this.run(plan, this.stopping.signal));
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await Promise.all(this.running.splice(0));
  }

  /** Begins anew with other plans. */
  async replace(plans: readonly WatchPlan[]): Promise<void> {
    if (JSON.stringify(plans) === JSON.stringify(this.plans)) return;
    await this.stop();
    this.plans = plans;
    await this.start();
  }

  private async run(plan: WatchPlan, signal: AbortSignal): Promise<void> {
    const { clock, logger } = this.collaborators;
    const state = new WatchState(plan);
    for (let failures = 0; !signal.aborted;) {
      try {
        const news = state.take(await this.ask(plan, state.index, signal));
        failures = 0;
        if (news !== undefined) await this.tell(plan, state.index, news, signal);
      } catch (error) {
        if (signal.aborted) return;
        failures += 1;
        const pauseMs = Math.min(RETRY_MAX_MS, RETRY_MS * failures ** 2);
        logger.warn('watch failed', { path: plan.path, reason: messageOf(error), pauseMs });
        await sleep(clock, pauseMs, signal);
      }
    }
  }

  private async tell(plan: WatchPlan, index: string, body: string, signal: AbortSignal): Promise<void> {
    const { logger } = this.collaborators;
    await callHandler(plan.handler, index, body, signal).then(
      (output) => logger.debug('watch handler done', { path: plan.path, index, output }),
      (error: unknown) =>
        signal.aborted || logger.error('watch handler failed', { path: plan.path, index, reason: messageOf(error) }),
    );
  }

  private ask(plan: WatchPlan, index: string, signal: AbortSignal): Promise<Answer> {
    const path = index === '' ? plan.path : `${plan.path}${plan.path.includes('?') ? '&' : '?'}index=${index}`;
    const headers = plan.token === '' ? {} : { 'X-Consul-Token': plan.token };
    return new Promise((resolve, reject) => {
      const sent = request(
        { ...this.collaborators.api(), path, headers, signal, timeout: ANSWER_TIMEOUT_MS },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.once('error', reject);
          response.once('end', () => {
            const body = Buffer.concat(chunks).toString('utf8');
            // A key that is not there is news too: `null`.
            const isAnswer = response.statusCode === 200 || (response.statusCode === 404 && body === '');
            if (!isAnswer) return reject(new Error(`status ${response.statusCode}: ${body.trim()}`));
            resolve({
              index: String(response.headers['x-consul-index'] ?? ''),
              body: response.statusCode === 404 ? 'null\n' : body,
            });
          });
        },
      );
      sent.once('timeout', () => sent.destroy(new Error('no answer')));
      sent.once('error', reject);
      sent.end();
    });
  }
}

/** What was seen last, and so what is new. */
class WatchState {
  index = '';
  private body: string | undefined;
  private lastEventId = '';

  constructor(private readonly plan: WatchPlan) {}

  /** The text for the handler, or undefined when nothing changed. */
  take({ index, body }: Answer): string | undefined {
    const wentBack =
      this.plan.type !== 'event' &&
      /^\d+$/.test(index) &&
      /^\d+$/.test(this.index) &&
      BigInt(index) < BigInt(this.index);
    this.index = wentBack ? '' : index;
    if (body === this.body) return undefined;
    this.body = body;
    if (this.plan.type === 'event') return this.newEvents(body);
    return this.plan.type === 'key' ? onlyElement(body) : body;
  }

  private newEvents(body: string): string | undefined {
    const events = JSON.parse(body) as readonly { readonly ID: string }[];
    const fresh = events.slice(events.findIndex(({ ID }) => ID === this.lastEventId) + 1);
    this.lastEventId = events.at(-1)?.ID ?? this.lastEventId;
    return fresh.length > 0 ? `${JSON.stringify(fresh)}\n` : undefined;
  }
}

/** `[{…}]` → `{…}`, without reading the numbers in it: Flags have 64 bits. */
function onlyElement(body: string): string {
  const text = body.trim();
  return text.startsWith('[') && text.endsWith(']') ? `${text.slice(1, -1).trim()}\n` : body;
}
