import { Module } from '@nestjs/common';
import type { View } from '@tribune/state-store';
import { Fence } from '../answers/fence';
import { Writes } from '../answers/writes';
import { VIEW } from '../tokens';
import { TxnController } from './txn.controller';
import { TxnService } from './txn.service';

@Module({
  controllers: [TxnController],
  providers: [
    {
      provide: TxnService,
      inject: [VIEW, Fence, Writes],
      useFactory: (view: View, fence: Fence, writes: Writes) => new TxnService(view, fence, writes),
    },
  ],
})
export class TxnModule {}
