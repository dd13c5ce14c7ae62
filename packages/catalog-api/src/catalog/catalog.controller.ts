import { Controller, Inject } from '@nestjs/common';
import type { MembershipApi } from '@tribune/protocol';
import { serveDiscovery } from '../answers/discovery';
import { refuseNamespace } from '../answers/read-options';
import { checkDatacenter, Reads } from '../answers/reads';
import { INSTANCE_FIELDS, NODE_FIELDS, SERVICE_NODE_FIELDS } from '../filter/fields';
import type { Call } from '../http/call';
import { json, type Reply, type Answering } from '../http/reply';
import { required } from '../http/required';
import { Route } from '../http/route';
import { decodeBody } from '../json/decode-body';
import type { CatalogApiOptions } from '../options';
import { MEMBERSHIP, OPTIONS } from '../tokens';
import { CatalogService } from './catalog.service';
import { nodeMetaOf, tagsOf, topicsOfService, wantedBy } from './query-parameters';
import { deregisterRequest, registerRequest } from './register.json';

@Controller()
export class CatalogController {
  constructor(
    private readonly catalog: CatalogService,
    private readonly reads: Reads,
    @Inject(OPTIONS) private readonly options: CatalogApiOptions,
    @Inject(MEMBERSHIP) private readonly membership: MembershipApi,
  ) {}

  @Route('PUT', '/v1/catalog/register')
  async register(call: Call): Promise<Reply> {
    const request = await decodeBody(call, registerRequest, {
      bytesMax: this.options.limits.bodyBytesMax,
      isStrict: true,
    });
    checkDatacenter(request.Datacenter, this.options.datacenter);
    return json(await this.catalog.register(request));
  }

  @Route('PUT', '/v1/catalog/deregister')
  async deregister(call: Call): Promise<Reply> {
    const request = await decodeBody(call, deregisterRequest, {
      bytesMax: this.options.limits.bodyBytesMax,
      isStrict: true,
    });
    checkDatacenter(request.Datacenter, this.options.datacenter);
    return json(await this.catalog.deregister(request.Node, request.ServiceID, request.CheckID));
  }

  /** Our own datacenter and those whose servers the WAN pool knows. */
  @Route('GET', '/v1/catalog/datacenters')
  async datacenters(): Promise<Reply> {
    const own = this.options.datacenter;
    const members = await this.membership.members('wan');
    const others = new Set(members.map(({ tags }) => tags.dc ?? '').filter((dc) => dc !== '' && dc !== own));
    return json([own, ...[...others].sort()]);
  }

  @Route('GET', '/v1/catalog/nodes')
  nodes(call: Call): Answering | Promise<Answering> {
    const nodeMeta = nodeMetaOf(call);
    const wanted = wantedBy(call, NODE_FIELDS, this.options.nodeName);
    return serveDiscovery(this.reads, call, (tables) => this.catalog.nodes(tables, nodeMeta, wanted()));
  }

  @Route('GET', '/v1/catalog/services')
  services(call: Call): Answering | Promise<Answering> {
    const nodeMeta = nodeMetaOf(call);
    return serveDiscovery(this.reads, call, (tables) => this.catalog.services(tables, nodeMeta));
  }

  @Route('GET', '/v1/catalog/service/')
  service(call: Call): Answering | Promise<Answering> {
    return this.instances(call, false);
  }

  @Route('GET', '/v1/catalog/connect/')
  connect(call: Call): Answering | Promise<Answering> {
    return this.instances(call, true);
  }

  private instances(call: Call, connect: boolean): Answering | Promise<Answering> {
    refuseNamespace(call);
    const name = required(call, 'Missing service name');
    const instances = { tags: tagsOf(call), nodeMeta: nodeMetaOf(call), connect };
    const wanted = wantedBy(call, SERVICE_NODE_FIELDS, this.options.nodeName);
    const topics = topicsOfService(call, name);
    return serveDiscovery(
      this.reads,
      call,
      (tables) => this.catalog.instances(tables, name, instances, wanted()),
      topics,
    );
  }

  @Route('GET', '/v1/catalog/node/')
  node(call: Call): Answering | Promise<Answering> {
    const name = required(call, 'Missing node name');
    const wanted = wantedBy(call, INSTANCE_FIELDS, this.options.nodeName);
    return serveDiscovery(this.reads, call, (tables) => this.catalog.node(tables, name, wanted().filter));
  }

  @Route('GET', '/v1/catalog/node-services/')
  nodeServices(call: Call): Answering | Promise<Answering> {
    const name = required(call, 'Missing node name');
    const wanted = wantedBy(call, INSTANCE_FIELDS, this.options.nodeName);
    return serveDiscovery(this.reads, call, (tables) => this.catalog.nodeServices(tables, name, wanted().filter));
  }

  @Route('GET', '/v1/catalog/gateway-services/')
  gatewayServices(call: Call): Answering | Promise<Answering> {
    required(call, 'Missing gateway name');
    return serveDiscovery(this.reads, call, (tables) => this.catalog.gatewayServices(tables));
  }
}
