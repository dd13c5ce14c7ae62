import { Module } from '@nestjs/common';
import type { Clock, Logger, Random } from '@tribune/platform';
import type { MembershipApi, StateApi } from '@tribune/protocol';
import type { CatalogApiOptions } from '../options';
import { CLOCK, LOGGER, MEMBERSHIP, OPTIONS, RANDOM, STATE } from '../tokens';
import { CoordinateController } from './coordinate.controller';
import { CoordinateSender } from './coordinate-sender';

@Module({
  controllers: [CoordinateController],
  providers: [
    {
      provide: CoordinateSender,
      inject: [OPTIONS, MEMBERSHIP, STATE, CLOCK, RANDOM, LOGGER],
      useFactory: (
        { nodeName }: CatalogApiOptions,
        membership: MembershipApi,
        state: StateApi,
        clock: Clock,
        random: Random,
        logger: Logger,
      ) => new CoordinateSender(nodeName, { membership, state, clock, random, logger: logger.child('coordinate') }),
    },
  ],
})
export class CoordinateModule {}
