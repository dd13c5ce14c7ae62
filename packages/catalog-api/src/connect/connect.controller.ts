import { Controller } from '@nestjs/common';
import { Reads } from '../answers/reads';
import { refuseNamespace } from '../answers/read-options';
import type { Call } from '../http/call';
import { serverError } from '../http/http-error';
import { json, type Reply, type Answering } from '../http/reply';
import { Route } from '../http/route';

/** Connect as an agent answers on which it is off: no certificate authority, and no intention can exist. */
@Controller()
export class ConnectController {
  constructor(private readonly reads: Reads) {}

  @Route('GET', '/v1/connect/ca/roots')
  roots(): Reply {
    throw serverError('Connect must be enabled in order to use this endpoint');
  }

  @Route('GET', '/v1/connect/intentions')
  intentions(call: Call): Answering | Promise<Answering> {
    return this.reads.serve(call, {
      topics: [],
      family: 'session',
      evaluate: () => ({ index: 1, watch: [], content: { kind: 'json', value: [] } }),
    });
  }

  @Route('GET', '/v1/connect/intentions/match')
  match(call: Call): Reply {
    refuseNamespace(call);
    const { query } = call;
    if (!query.has('by')) throw serverError("required query parameter 'by' not set");
    if (!['source', 'destination'].includes(query.get('by'))) {
      throw serverError("'by' parameter must be one of 'source' or 'destination'");
    }
    if (!query.has('name')) throw serverError("required query parameter 'name' not set");
    return json(Object.fromEntries(query.all('name').map((name) => [name, null])));
  }
}
