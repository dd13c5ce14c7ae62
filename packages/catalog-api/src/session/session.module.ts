import { Module } from '@nestjs/common';
import type { Random } from '@tribune/platform';
import type { StateApi } from '@tribune/protocol';
import type { View } from '@tribune/state-store';
import { Fence } from '../answers/fence';
import { Writes } from '../answers/writes';
import type { CatalogApiOptions } from '../options';
import { OPTIONS, RANDOM, STATE, VIEW } from '../tokens';
import { SessionController } from './session.controller';
import { SessionService } from './session.service';

@Module({
  controllers: [SessionController],
  providers: [
    {
      provide: SessionService,
      inject: [STATE, Writes, Fence, RANDOM, OPTIONS, VIEW],
      useFactory: (
        state: StateApi,
        writes: Writes,
        fence: Fence,
        random: Random,
        options: CatalogApiOptions,
        view: View,
      ) => {
        const { nodeName, sessionTtlMinNs: ttlMinNs } = options;
        return new SessionService(state, writes, fence, random, view, { nodeName, ttlMinNs });
      },
    },
  ],
})
export class SessionModule {}
