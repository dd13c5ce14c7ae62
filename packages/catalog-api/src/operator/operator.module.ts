import { Module } from '@nestjs/common';
import type { MembershipApi, StateApi } from '@tribune/protocol';
import type { View } from '@tribune/state-store';
import { Fence } from '../answers/fence';
import { Writes } from '../answers/writes';
import { MEMBERSHIP, STATE, VIEW } from '../tokens';
import { KeyringController } from './keyring.controller';
import { OperatorController } from './operator.controller';
import { OperatorService } from './operator.service';

@Module({
  controllers: [OperatorController, KeyringController],
  providers: [
    {
      provide: OperatorService,
      inject: [STATE, MEMBERSHIP, Fence, Writes, VIEW],
      useFactory: (state: StateApi, membership: MembershipApi, fence: Fence, writes: Writes, view: View) =>
        new OperatorService(state, membership, fence, writes, view),
    },
  ],
})
export class OperatorModule {}
