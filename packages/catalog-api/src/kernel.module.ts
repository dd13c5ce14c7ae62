import { Global, Module, type DynamicModule, type Provider } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { messageOf, type Clock, type Logger, type Metrics, type Random } from '@tribune/platform';
import type { StateApi } from '@tribune/protocol';
import type { View } from '@tribune/state-store';
import { Fence } from './answers/fence';
import { LeaderHold } from './answers/leader-hold';
import { Parking } from './answers/parking';
import { Reads } from './answers/reads';
import { Writes } from './answers/writes';
import { CatalogApiMetrics } from './http/request-metrics';
import type { CatalogApiCollaborators, CatalogApiOptions } from './options';
import { AGENT, CLOCK, CONTROL, LOG_SOURCE, LOGGER, MEMBERSHIP, METRICS, OPTIONS, RANDOM, STATE, VIEW } from './tokens';

/** What every area builds on: the collaborators by their tokens, {@link Reads} and {@link Writes}. */
@Global()
@Module({})
export class KernelModule {
  static of(options: CatalogApiOptions, collaborators: CatalogApiCollaborators): DynamicModule {
    const providers = [...given(options, collaborators), ...MADE];
    const exports = providers.map((provider) => (provider as { provide: symbol }).provide);
    return { module: KernelModule, imports: [DiscoveryModule], providers, exports };
  }
}

function given(options: CatalogApiOptions, collaborators: CatalogApiCollaborators): Provider[] {
  return [
    { provide: OPTIONS, useValue: options },
    { provide: STATE, useValue: collaborators.state },
    { provide: VIEW, useValue: collaborators.view },
    { provide: MEMBERSHIP, useValue: collaborators.membership },
    { provide: AGENT, useValue: collaborators.agent },
    { provide: LOG_SOURCE, useValue: collaborators.logSource },
    { provide: CLOCK, useValue: collaborators.clock },
    { provide: RANDOM, useValue: collaborators.random },
    { provide: LOGGER, useValue: collaborators.logger },
    { provide: METRICS, useValue: collaborators.metrics },
    { provide: CONTROL, useValue: collaborators.control },
  ];
}

const MADE: Provider[] = [
  { provide: CatalogApiMetrics, inject: [METRICS], useFactory: (metrics: Metrics) => new CatalogApiMetrics(metrics) },
  {
    provide: LeaderHold,
    inject: [CLOCK, RANDOM, OPTIONS],
    useFactory: (clock: Clock, random: Random, options: CatalogApiOptions) =>
      new LeaderHold(clock, random, options.leaderHoldMs),
  },
  {
    provide: Fence,
    inject: [STATE, VIEW, LeaderHold],
    useFactory: (state: StateApi, view: View, hold: LeaderHold) => new Fence(state, view, hold),
  },
  {
    provide: Writes,
    inject: [STATE, LeaderHold],
    useFactory: (state: StateApi, hold: LeaderHold) => new Writes(state, hold),
  },
  {
    provide: Parking,
    inject: [VIEW, OPTIONS, CLOCK, LOGGER],
    useFactory: (view: View, options: CatalogApiOptions, clock: Clock, logger: Logger) =>
      new Parking(view, options.limits, clock, (error) =>
        logger.error('blocking query failed', { error: messageOf(error) }),
      ),
  },
  {
    provide: Reads,
    inject: [OPTIONS, STATE, VIEW, Fence, Parking, RANDOM],
    useFactory: (
      options: CatalogApiOptions,
      state: StateApi,
      view: View,
      fence: Fence,
      parking: Parking,
      random: Random,
    ) => new Reads(options, state, view, fence, parking, random),
  },
];
