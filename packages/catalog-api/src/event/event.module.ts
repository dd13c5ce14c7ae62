import { Module } from '@nestjs/common';
import type { Clock, Logger } from '@tribune/platform';
import type { MembershipApi } from '@tribune/protocol';
import { CLOCK, LOGGER, MEMBERSHIP } from '../tokens';
import { EventController } from './event.controller';
import { EventWatch } from './event-watch';

@Module({
  controllers: [EventController],
  providers: [
    {
      provide: EventWatch,
      inject: [MEMBERSHIP, CLOCK, LOGGER],
      useFactory: (membership: MembershipApi, clock: Clock, logger: Logger) =>
        new EventWatch(membership, clock, logger.child('event')),
    },
  ],
})
export class EventModule {}
