import { Controller, Inject } from '@nestjs/common';
import type { StateApi } from '@tribune/protocol';
import { checkDatacenter } from '../answers/reads';
import type { Call } from '../http/call';
import { json, type Reply } from '../http/reply';
import { Route } from '../http/route';
import type { CatalogApiOptions } from '../options';
import { OPTIONS, STATE } from '../tokens';

/** Who leads, and who votes. Answered without a leader too. */
@Controller()
export class StatusController {
  constructor(
    @Inject(STATE) private readonly state: StateApi,
    @Inject(OPTIONS) private readonly options: CatalogApiOptions,
  ) {}

  /** `address:port`, `""` when there is none. */
  @Route('GET', '/v1/status/leader')
  async leader(call: Call): Promise<Reply> {
    checkDatacenter(call.query.get('dc'), this.options.datacenter);
    return json((await this.state.status()).leaderAddress);
  }

  @Route('GET', '/v1/status/peers')
  async peers(call: Call): Promise<Reply> {
    checkDatacenter(call.query.get('dc'), this.options.datacenter);
    return json((await this.state.status()).peers);
  }
}
