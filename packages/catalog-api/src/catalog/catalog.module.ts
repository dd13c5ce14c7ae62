import { Module } from '@nestjs/common';
import { Writes } from '../answers/writes';
import type { CatalogApiOptions } from '../options';
import { OPTIONS } from '../tokens';
import { CatalogController } from './catalog.controller';
import { CatalogService } from './catalog.service';

@Module({
  controllers: [CatalogController],
  providers: [
    {
      provide: CatalogService,
      inject: [Writes, OPTIONS],
      useFactory: (writes: Writes, { datacenter }: CatalogApiOptions) => new CatalogService(writes, datacenter),
    },
  ],
})
export class CatalogModule {}
