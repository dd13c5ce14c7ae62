import { Module } from '@nestjs/common';
import type { Clock, Logger } from '@tribune/platform';
import type { StateApi } from '@tribune/protocol';
import type { View } from '@tribune/state-store';
import { Fence } from '../answers/fence';
import { CLOCK, LOGGER, STATE, VIEW } from '../tokens';
import { SnapshotController } from './snapshot.controller';
import { SnapshotService } from './snapshot.service';

@Module({
  controllers: [SnapshotController],
  providers: [
    {
      provide: SnapshotService,
      inject: [STATE, VIEW, Fence, CLOCK, LOGGER],
      useFactory: (state: StateApi, view: View, fence: Fence, clock: Clock, logger: Logger) =>
        new SnapshotService({ state, view, fence, clock, logger: logger.child('snapshot') }),
    },
  ],
})
export class SnapshotModule {}
