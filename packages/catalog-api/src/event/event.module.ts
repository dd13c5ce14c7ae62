import { Module } from '@nestjs/common';
import type { Clock, Logger } from '@tribune/platform';
import type { AgentApi, MembershipApi } from '@tribune/protocol';
import type { CatalogApiOptions } from '../options';
import { AGENT, CLOCK, LOGGER, MEMBERSHIP, OPTIONS } from '../tokens';
import { EventController } from './event.controller';
import { EventFilter } from './event-filter';
import { EventWatch } from './event-watch';

@Module({
  controllers: [EventController],
  providers: [
    {
      provide: EventFilter,
      inject: [OPTIONS, AGENT, LOGGER],
      useFactory: ({ nodeName }: CatalogApiOptions, agent: AgentApi, logger: Logger) =>
        new EventFilter(nodeName, agent, logger.child('event')),
    },
    {
      provide: EventWatch,
      inject: [MEMBERSHIP, CLOCK, LOGGER],
      useFactory: (membership: MembershipApi, clock: Clock, logger: Logger) =>
        new EventWatch(membership, clock, logger.child('event')),
    },
  ],
})
export class EventModule {}
