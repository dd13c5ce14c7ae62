import { Controller, Inject } from '@nestjs/common';
import type { MembershipApi } from '@tribune/protocol';
import { coordinates } from '@tribune/state-store';
import { checkDatacenter, Reads, type ReadSpec } from '../answers/reads';
import { Writes } from '../answers/writes';
import type { Call } from '../http/call';
import { serverError } from '../http/http-error';
import { empty, json, type Reply, type Answering } from '../http/reply';
import { Route } from '../http/route';
import { decodeBody } from '../json/decode-body';
import type { CatalogApiOptions } from '../options';
import { MEMBERSHIP, OPTIONS } from '../tokens';
import { coordinateRequest, coordinateRowJson, coordJson } from './coordinate.json';

/** Every coordinate in a datacenter has this many dimensions (Vivaldi as Serf configures it). */
const DIMENSIONS = 8;

/** Network coordinates: of the nodes here from the catalog, of the servers elsewhere from the WAN pool. */
@Controller()
export class CoordinateController {
  constructor(
    private readonly reads: Reads,
    private readonly writes: Writes,
    @Inject(MEMBERSHIP) private readonly membership: MembershipApi,
    @Inject(OPTIONS) private readonly options: CatalogApiOptions,
  ) {}

  @Route('GET', '/v1/coordinate/datacenters')
  async datacenters(): Promise<Reply> {
    const members = await this.membership.members('wan');
    const byDatacenter = new Map<string, object[]>();
    for (const { name, tags } of members) {
      const coordinate = await this.membership.coordinate('wan', name);
      const datacenter = tags.dc ?? '';
      if (!coordinate || datacenter === '') continue;
      const node = name.endsWith(`.${datacenter}`) ? name.slice(0, -datacenter.length - 1) : name;
      const rows = byDatacenter.get(datacenter) ?? [];
      byDatacenter.set(datacenter, [...rows, { Node: node, Segment: '', Coord: coordJson(coordinate) }]);
    }
    const names = [...byDatacenter.keys()].sort();
    return json(names.map((name) => ({ Datacenter: name, AreaID: 'wan', Coordinates: byDatacenter.get(name) })));
  }

  @Route('GET', '/v1/coordinate/nodes')
  nodes(call: Call): Answering | Promise<Answering> {
    const segment = segmentOf(call);
    return this.read(call, (tables) => {
      const { index, watch, value } = coordinates(tables);
      return { index, watch, content: { kind: 'json', value: value.filter(segment).map(coordinateRowJson) } };
    });
  }

  /** 404 without a body when the node has none. */
  @Route('GET', '/v1/coordinate/node/')
  node(call: Call): Answering | Promise<Answering> {
    const segment = segmentOf(call);
    return this.read(call, (tables) => {
      const { index, watch, value } = coordinates(tables, call.tail);
      const rows = value.filter(segment).map(coordinateRowJson);
      return { index, watch, content: rows.length === 0 ? { kind: 'notFound' } : { kind: 'json', value: rows } };
    });
  }

  @Route('PUT', '/v1/coordinate/update')
  async update(call: Call): Promise<Reply> {
    const { limits, datacenter } = this.options;
    const request = await decodeBody(call, coordinateRequest, { bytesMax: limits.bodyBytesMax, isStrict: true });
    checkDatacenter(request.Datacenter || call.query.get('dc'), datacenter);
    const { Node: node, Segment: segment, Coord: coord } = request;
    const vec = coord?.Vec ?? [];
    const numbers = [...vec, coord?.Error ?? 0, coord?.Adjustment ?? 0, coord?.Height ?? 0];
    if (!coord || vec.length !== DIMENSIONS) throw serverError('incompatible coordinate');
    if (!numbers.every(Number.isFinite)) throw serverError('invalid coordinate');
    const { Error: error, Adjustment: adjustment, Height: height } = coord;
    await this.writes.ask({ type: 'coordinate-update', updates: [{ node, segment, vec, error, adjustment, height }] });
    return empty(200);
  }

  private read(call: Call, evaluate: ReadSpec['evaluate']): Answering | Promise<Answering> {
    return this.reads.serve(call, { topics: [{ kind: 'catalog' }], family: 'session', evaluate });
  }
}

function segmentOf(call: Call): (row: { readonly segment: string }) => boolean {
  if (!call.query.has('segment')) return () => true;
  const wanted = call.query.get('segment');
  return ({ segment }) => segment === wanted;
}
