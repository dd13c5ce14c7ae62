import { Module } from '@nestjs/common';
import type { Clock, Random } from '@tribune/platform';
import type { AgentApi, MembershipApi, StateApi } from '@tribune/protocol';
import type { CatalogApiOptions } from '../options';
import { AGENT, CLOCK, MEMBERSHIP, OPTIONS, RANDOM, STATE } from '../tokens';
import { AgentChecksController } from './agent-checks.controller';
import { AgentConnectController, AgentTokenController } from './agent-connect.controller';
import { AgentHealthController } from './agent-health.controller';
import { AgentMembersController } from './agent-members.controller';
import { AgentSelfController } from './agent-self.controller';
import { AgentSelfService } from './agent-self.service';
import { AgentServicesController } from './agent-services.controller';
import { LocalBlocking } from './local-blocking';

@Module({
  controllers: [
    AgentSelfController,
    AgentMembersController,
    AgentServicesController,
    AgentChecksController,
    AgentHealthController,
    AgentConnectController,
    AgentTokenController,
  ],
  providers: [
    {
      provide: AgentSelfService,
      inject: [OPTIONS, AGENT, MEMBERSHIP, STATE],
      useFactory: (options: CatalogApiOptions, agent: AgentApi, membership: MembershipApi, state: StateApi) =>
        new AgentSelfService(options, { agent, membership, state }),
    },
    {
      provide: LocalBlocking,
      inject: [AGENT, OPTIONS, CLOCK, RANDOM],
      useFactory: (agent: AgentApi, options: CatalogApiOptions, clock: Clock, random: Random) =>
        new LocalBlocking(agent, options, clock, random),
    },
  ],
})
export class AgentModule {}
