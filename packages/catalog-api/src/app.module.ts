import { Module, type DynamicModule } from '@nestjs/common';
import { KernelModule } from './kernel.module';
import { AgentModule } from './agent/agent.module';
import { CatalogModule } from './catalog/catalog.module';
import { ConnectModule } from './connect/connect.module';
import { CoordinateModule } from './coordinate/coordinate.module';
import { EventModule } from './event/event.module';
import { HealthModule } from './health/health.module';
import { KvModule } from './kv/kv.module';
import { OperatorModule } from './operator/operator.module';
import { PreparedQueryModule } from './prepared-query/prepared-query.module';
import { ProbesModule } from './probes/probes.module';
import { SessionModule } from './session/session.module';
import { SnapshotModule } from './snapshot/snapshot.module';
import { StatusModule } from './status/status.module';
import { TxnModule } from './txn/txn.module';
import type { CatalogApiCollaborators, CatalogApiOptions } from './options';

/** One module per area of the API. */
const AREAS = [
  AgentModule,
  CatalogModule,
  ConnectModule,
  CoordinateModule,
  EventModule,
  HealthModule,
  KvModule,
  OperatorModule,
  PreparedQueryModule,
  ProbesModule,
  SessionModule,
  SnapshotModule,
  StatusModule,
  TxnModule,
];

@Module({})
export class AppModule {
  static of(options: CatalogApiOptions, collaborators: CatalogApiCollaborators): DynamicModule {
    return { module: AppModule, imports: [KernelModule.of(options, collaborators), ...AREAS] };
  }
}
