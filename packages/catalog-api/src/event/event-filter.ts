import { RE2JS } from 're2js';
import { messageOf, type Logger } from '@tribune/platform';
import type { AgentApi, LocalService, UserEvent } from '@tribune/protocol';

/** Orders to run commands on agents: never listed by Consul, never carried out here. */
const REMOTE_EXEC = '_rexec';

type LocalServices = readonly LocalService[];

/**
 * Which events this agent takes: gossip brings all of them, an event's own filters say whose they are. Decided once,
 * with the services that are there when the event is first seen, as Consul does when it arrives.
 */
export class EventFilter {
  private verdicts = new Map<string, boolean>();

  constructor(
    private readonly nodeName: string,
    private readonly agent: AgentApi,
    private readonly logger: Logger,
  ) {}

  async concerning(events: readonly UserEvent[]): Promise<readonly UserEvent[]> {
    const unseen = events.filter(({ id }) => !this.verdicts.has(id));
    const services = unseen.some(({ serviceFilter }) => serviceFilter !== '') ? await this.agent.services() : [];
    for (const event of unseen) this.verdicts.set(event.id, this.concerns(event, services));
    // Gossip keeps the newest events only; neither do we need to know more.
    const known = new Map(events.map(({ id }) => [id, this.verdicts.get(id) ?? false]));
    if (this.verdicts.size > known.size) this.verdicts = known;
    return events.filter(({ id }) => known.get(id));
  }

  private concerns(event: UserEvent, services: LocalServices): boolean {
    if (event.name === REMOTE_EXEC) return false;
    try {
      return matches(event.nodeFilter, this.nodeName) && concernsServices(event, services);
    } catch (error) {
      this.logger.error('the filter of an event cannot be read', { event: event.name, reason: messageOf(error) });
      return false;
    }
  }
}

/** One and the same service must fit both filters. Consul compares the service's id. */
function concernsServices({ serviceFilter, tagFilter }: UserEvent, services: LocalServices): boolean {
  if (serviceFilter === '') return true;
  return services.some(
    ({ service: { id, tags } }) =>
      matches(serviceFilter, id) && (tagFilter === '' || (tags ?? []).some((tag) => matches(tagFilter, tag))),
  );
}

const matches = (pattern: string, text: string): boolean =>
  pattern === '' || RE2JS.compile(pattern).matcher(text).find();
