import { Controller } from '@nestjs/common';
import { malformedUuid } from '@tribune/state-store';
import { Reads, type ReadSpec } from '../answers/reads';
import type { Call } from '../http/call';
import { HttpError, notFound, serverError } from '../http/http-error';
import { empty, json, type Reply, type Answering } from '../http/reply';
import { Route } from '../http/route';

/** Prepared queries: none can be stored here, so the list is empty and every name is unknown. */
@Controller()
export class PreparedQueryController {
  constructor(private readonly reads: Reads) {}

  @Route('GET', '/v1/query')
  list(call: Call): Answering | Promise<Answering> {
    return this.read(call, () => ({ index: 1, watch: [], content: { kind: 'json', value: [] } }));
  }

  @Route('GET', '/v1/query/')
  get(call: Call): Answering | Promise<Answering> {
    if (/\/(execute|explain)$/.test(call.tail)) throw notFound('Query not found');
    return this.read(call, () => {
      const problem = malformedUuid(call.tail);
      throw problem === undefined
        ? notFound('Query not found')
        : serverError(`failed prepared query lookup: ${problem}`);
    });
  }

  /** Consul answers this one route's OPTIONS with an empty object. */
  @Route('OPTIONS', '/v1/query/')
  options(): Reply {
    return json({}, ['Allow', 'OPTIONS,GET,PUT,DELETE']);
  }

  @Route('POST', '/v1/query')
  create(): Reply {
    throw notStored();
  }

  @Route('PUT', '/v1/query/')
  update(): Reply {
    throw notStored();
  }

  /** Nothing is there to delete, which Consul answers like a deletion. */
  @Route('DELETE', '/v1/query/')
  delete(): Reply {
    return empty(200);
  }

  private read(call: Call, evaluate: ReadSpec['evaluate']): Answering | Promise<Answering> {
    return this.reads.serve(call, { topics: [], family: 'discovery', evaluate });
  }
}

const notStored = (): HttpError => new HttpError(501, 'This agent does not store prepared queries');
