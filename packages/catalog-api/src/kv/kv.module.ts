import { Module } from '@nestjs/common';
import { Writes } from '../answers/writes';
import { KvController } from './kv.controller';
import { KvService } from './kv.service';

@Module({
  controllers: [KvController],
  providers: [{ provide: KvService, inject: [Writes], useFactory: (writes: Writes) => new KvService(writes) }],
})
export class KvModule {}
