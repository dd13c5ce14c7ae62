import { Controller, Inject } from '@nestjs/common';
import { messageOf, type Clock, type Random } from '@tribune/platform';
import type { MembershipApi, UserEvent } from '@tribune/protocol';
import { readOptions } from '../answers/read-options';
import { checkDatacenter } from '../answers/reads';
import { regularExpression } from '../filter/regular-expression';
import type { Call } from '../http/call';
import { serverError } from '../http/http-error';
import { json, type Reply } from '../http/reply';
import { required } from '../http/required';
import { Route } from '../http/route';
import type { CatalogApiOptions } from '../options';
import { CLOCK, MEMBERSHIP, OPTIONS, RANDOM } from '../tokens';
import { eventIndex, eventJson } from './event.json';
import { EventFilter } from './event-filter';
import { EventWatch } from './event-watch';

/** User events, which travel by gossip and are known per agent. */
@Controller()
export class EventController {
  constructor(
    private readonly watch: EventWatch,
    private readonly filter: EventFilter,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(MEMBERSHIP) private readonly membership: MembershipApi,
    @Inject(OPTIONS) private readonly options: CatalogApiOptions,
    @Inject(RANDOM) private readonly random: Random,
  ) {}

  @Route('PUT', '/v1/event/fire/')
  async fire(call: Call): Promise<Reply> {
    const name = required(call, 'Missing name');
    const { query } = call;
    checkDatacenter(query.get('dc'), this.options.datacenter);
    const filters = { nodeFilter: query.get('node'), serviceFilter: query.get('service'), tagFilter: query.get('tag') };
    refuseBadFilters(filters);
    const payload = await call.body(this.options.limits.bodyBytesMax);
    const fired = await this.membership.fireEvent({ name, payload, ...filters });
    // Consul names the network segment; there is one, without a name.
    if (!fired.ok)
      throw serverError(`1 error occurred:\n\t* error broadcasting event to segment "": ${fired.reason}\n\n`);
    return json(eventJson(fired.event));
  }

  @Route('GET', '/v1/event/list')
  async list(call: Call): Promise<Reply> {
    const { index, waitMs } = readOptions(call, 0);
    const given = call.query.get('index') === '' ? 0n : BigInt(call.query.get('index'));
    const name = call.query.get('name');
    let events = await this.events(name);
    if (index > 0) {
      const deadlineMs = this.clock.monotonicMs() + this.waitOf(waitMs);
      // An event for other agents ends no wait.
      while (indexOf(events) === given && !call.signal.aborted) {
        const leftMs = deadlineMs - this.clock.monotonicMs();
        if (leftMs <= 0) break;
        await this.watch.next(leftMs, call.signal);
        events = await this.events(name);
      }
    }
    return json(events.map(eventJson), ['X-Consul-Index', String(indexOf(events))]);
  }

  private async events(name: string): Promise<readonly UserEvent[]> {
    const events = await this.filter.concerning(await this.membership.events());
    return name === '' ? events : events.filter((event) => event.name === name);
  }

  private waitOf(waitMs: number): number {
    const base = waitMs <= 0 ? this.options.defaultQueryTimeMs : Math.min(waitMs, this.options.maxQueryTimeMs);
    return base * (1 + this.random.next() / 16);
  }
}

function indexOf(events: readonly UserEvent[]): bigint {
  const newest = events[events.length - 1];
  return newest ? eventIndex(newest.id) : 1n;
}

function refuseBadFilters(filters: {
  readonly nodeFilter: string;
  readonly serviceFilter: string;
  readonly tagFilter: string;
}): void {
  if (filters.tagFilter !== '' && filters.serviceFilter === '')
    throw serverError('Cannot provide tag filter without service filter');
  for (const [what, pattern] of [
    ['node', filters.nodeFilter],
    ['service', filters.serviceFilter],
    ['tag', filters.tagFilter],
  ] as const) {
    try {
      regularExpression(pattern);
    } catch (error) {
      throw serverError(`Invalid ${what} filter: ${messageOf(error)}`);
    }
  }
}
