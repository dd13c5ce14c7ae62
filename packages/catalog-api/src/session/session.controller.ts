import { Controller, Inject } from '@nestjs/common';
import { refuseNamespace } from '../answers/read-options';
import { checkDatacenter, Reads, type ReadSpec } from '../answers/reads';
import { required } from '../http/required';
import type { Call } from '../http/call';
import { json, type Reply, type Answering } from '../http/reply';
import { Route } from '../http/route';
import { decodeBytes } from '../json/decode-body';
import type { CatalogApiOptions } from '../options';
import { OPTIONS } from '../tokens';
import { sessionRequest } from './session.json';
import { SessionService } from './session.service';

@Controller()
export class SessionController {
  constructor(
    private readonly sessions: SessionService,
    private readonly reads: Reads,
    @Inject(OPTIONS) private readonly options: CatalogApiOptions,
  ) {}

  @Route('PUT', '/v1/session/create')
  async create(call: Call): Promise<Reply> {
    this.checkLocal(call);
    const body = await call.body(this.options.limits.bodyBytesMax);
    // No body: a session with every default. Unknown members are passed over here, as Consul does.
    const request = body.length === 0 ? {} : decodeBytes(body, sessionRequest, false);
    return json({ ID: await this.sessions.create(request) });
  }

  @Route('PUT', '/v1/session/destroy/')
  async destroy(call: Call): Promise<Reply> {
    const id = required(call, 'Missing session');
    this.checkLocal(call);
    return json(await this.sessions.destroy(id));
  }

  @Route('PUT', '/v1/session/renew/')
  async renew(call: Call): Promise<Reply> {
    const id = required(call, 'Missing session');
    this.checkLocal(call);
    return json(await this.sessions.renew(id));
  }

  @Route('GET', '/v1/session/info/')
  info(call: Call): Answering | Promise<Answering> {
    const id = required(call, 'Missing session');
    return this.read(call, (tables) => this.sessions.info(tables, id));
  }

  @Route('GET', '/v1/session/node/')
  onNode(call: Call): Answering | Promise<Answering> {
    const node = required(call, 'Missing node name');
    return this.read(call, (tables) => this.sessions.onNode(tables, node));
  }

  @Route('GET', '/v1/session/list')
  list(call: Call): Answering | Promise<Answering> {
    return this.read(call, (tables) => this.sessions.all(tables));
  }

  private read(call: Call, evaluate: ReadSpec['evaluate']): Answering | Promise<Answering> {
    return this.reads.serve(call, { topics: [{ kind: 'sessions' }], family: 'session', evaluate });
  }

  private checkLocal(call: Call): void {
    refuseNamespace(call);
    checkDatacenter(call.query.get('dc'), this.options.datacenter);
  }
}
