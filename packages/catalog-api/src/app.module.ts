import { Module, type DynamicModule } from '@nestjs/common';
import { KernelModule } from './kernel.module';
import { KvModule } from './kv/kv.module';
import type { CatalogApiCollaborators, CatalogApiOptions } from './options';

/** One module per area of the API. */
const AREAS = [KvModule];

@Module({})
export class AppModule {
  static of(options: CatalogApiOptions, collaborators: CatalogApiCollaborators): DynamicModule {
    return { module: AppModule, imports: [KernelModule.of(options, collaborators), ...AREAS] };
  }
}
