import { Controller, Inject } from '@nestjs/common';
import { CATALOG, serveDiscovery } from '../answers/discovery';
import { refuseNamespace } from '../answers/read-options';
import { Reads, type ReadSpec } from '../answers/reads';
import { nodeMetaOf, tagsOf, topicsOfService, wantedBy } from '../catalog/query-parameters';
import { CHECK_FIELDS, HEALTH_FIELDS } from '../filter/fields';
import type { Call } from '../http/call';
import { badRequest } from '../http/http-error';
import type { Answering } from '../http/reply';
import { required } from '../http/required';
import { Route } from '../http/route';
import type { CatalogApiOptions } from '../options';
import { OPTIONS } from '../tokens';
import { HealthService } from './health.service';

@Controller()
export class HealthController {
  constructor(
    private readonly health: HealthService,
    private readonly reads: Reads,
    @Inject(OPTIONS) private readonly options: CatalogApiOptions,
  ) {}

  @Route('GET', '/v1/health/service/')
  service(call: Call): Answering | Promise<Answering> {
    return this.instances(call, false);
  }

  @Route('GET', '/v1/health/connect/')
  connect(call: Call): Answering | Promise<Answering> {
    return this.instances(call, true);
  }

  /** Ingress gateways that expose the service: none can be bound yet, so there is never one. */
  @Route('GET', '/v1/health/ingress/')
  ingress(call: Call): Answering | Promise<Answering> {
    refuseNamespace(call);
    required(call, 'Missing service name');
    passingOnly(call);
    const evaluate: ReadSpec['evaluate'] = () => ({
      index: 1,
      watch: ['services'],
      content: { kind: 'json', value: [] },
    });
    return this.reads.serve(call, { topics: CATALOG, family: 'discovery', evaluate });
  }

  private instances(call: Call, connect: boolean): Answering | Promise<Answering> {
    refuseNamespace(call);
    const name = required(call, 'Missing service name');
    const instances = { tags: tagsOf(call), nodeMeta: nodeMetaOf(call), connect, passingOnly: passingOnly(call) };
    const wanted = wantedBy(call, HEALTH_FIELDS, this.options.nodeName);
    const topics = topicsOfService(call, name);
    return serveDiscovery(
      this.reads,
      call,
      (tables) => this.health.instances(tables, name, instances, wanted()),
      topics,
    );
  }

  @Route('GET', '/v1/health/node/')
  node(call: Call): Answering | Promise<Answering> {
    const name = required(call, 'Missing node name');
    const wanted = wantedBy(call, CHECK_FIELDS, this.options.nodeName);
    return serveDiscovery(this.reads, call, (tables) => this.health.onNode(tables, name, wanted()), [
      { kind: 'node', node: name },
    ]);
  }

  @Route('GET', '/v1/health/checks/')
  checks(call: Call): Answering | Promise<Answering> {
    const name = required(call, 'Missing service name');
    const nodeMeta = nodeMetaOf(call);
    const wanted = wantedBy(call, CHECK_FIELDS, this.options.nodeName);
    return serveDiscovery(this.reads, call, (tables) => this.health.ofService(tables, name, nodeMeta, wanted()));
  }

  @Route('GET', '/v1/health/state/')
  state(call: Call): Answering | Promise<Answering> {
    const state = required(call, 'Missing check state');
    const nodeMeta = nodeMetaOf(call);
    const wanted = wantedBy(call, CHECK_FIELDS, this.options.nodeName);
    return serveDiscovery(this.reads, call, (tables) => this.health.inState(tables, state, nodeMeta, wanted()));
  }
}

/** `passing` alone means yes; a value must read as a Go boolean. */
function passingOnly(call: Call): boolean {
  if (!call.query.has('passing')) return false;
  const value = call.query.get('passing');
  if (/^(|1|t|T|true|TRUE|True)$/.test(value)) return true;
  if (/^(0|f|F|false|FALSE|False)$/.test(value)) return false;
  throw badRequest('Invalid value for ?passing');
}
