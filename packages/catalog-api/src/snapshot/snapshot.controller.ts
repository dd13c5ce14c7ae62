import { Controller, Inject } from '@nestjs/common';
import type { StateApi } from '@tribune/protocol';
import { readOptions } from '../answers/read-options';
import { checkDatacenter } from '../answers/reads';
import type { Call } from '../http/call';
import { empty, stream, type Reply } from '../http/reply';
import { Route } from '../http/route';
import type { CatalogApiOptions } from '../options';
import { OPTIONS, STATE } from '../tokens';
import { SnapshotService } from './snapshot.service';

/** Archives of the whole state. */
@Controller()
export class SnapshotController {
  constructor(
    private readonly snapshots: SnapshotService,
    @Inject(STATE) private readonly state: StateApi,
    @Inject(OPTIONS) private readonly options: CatalogApiOptions,
  ) {}

  @Route('GET', '/v1/snapshot')
  async save(call: Call): Promise<Reply> {
    const isStale = readOptions(call, 0).consistency === 'stale';
    checkDatacenter(call.query.get('dc'), this.options.datacenter);
    const { index, file } = await this.snapshots.save(isStale, call.signal);
    const { leaderAddress, lastContactMs } = await this.state.status();
    const contactMs = isStale && Number.isFinite(lastContactMs) ? Math.round(lastContactMs) : 0;
    return stream('application/x-gzip', file, [
      'X-Consul-Index',
      String(index),
      'X-Consul-Knownleader',
      String(leaderAddress !== ''),
      'X-Consul-Lastcontact',
      String(contactMs),
    ]);
  }

  @Route('PUT', '/v1/snapshot')
  async restore(call: Call): Promise<Reply> {
    readOptions(call, 0);
    checkDatacenter(call.query.get('dc'), this.options.datacenter);
    await this.snapshots.restore(call.upload());
    return empty(200);
  }
}
