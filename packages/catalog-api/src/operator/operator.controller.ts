import { Controller, Inject } from '@nestjs/common';
import { formatGoDuration } from '@tribune/platform';
import type { LeaderStatus, StateApi } from '@tribune/protocol';
import { readOptions } from '../answers/read-options';
import { checkDatacenter } from '../answers/reads';
import type { Call } from '../http/call';
import { badRequest } from '../http/http-error';
import { empty, json, type Reply } from '../http/reply';
import { Route } from '../http/route';
import { decodeBytes } from '../json/decode-body';
import { uint64Problem } from '../json/integers';
import type { CatalogApiOptions } from '../options';
import { OPTIONS, STATE } from '../tokens';
import { autopilotRequest } from './autopilot.json';
import { OperatorService, type ServerHealth } from './operator.service';

@Controller()
export class OperatorController {
  constructor(
    private readonly operator: OperatorService,
    @Inject(STATE) private readonly state: StateApi,
    @Inject(OPTIONS) private readonly options: CatalogApiOptions,
  ) {}

  @Route('GET', '/v1/operator/raft/configuration')
  async configuration(call: Call): Promise<Reply> {
    readOptions(call, 0);
    this.checkLocal(call);
    const { servers, index } = await this.operator.configuration();
    const rows = servers.map((server) => ({
      ID: server.id,
      Node: server.node,
      Address: server.address,
      Leader: server.leader,
      ProtocolVersion: server.protocolVersion,
      Voter: server.voter,
    }));
    return json({ Servers: rows, Index: index });
  }

  @Route('DELETE', '/v1/operator/raft/peer')
  async removePeer(call: Call): Promise<Reply> {
    this.checkLocal(call);
    const id = call.query.get('id');
    const address = call.query.get('address');
    if (id === '' && address === '') {
      throw badRequest(
        "Bad request: Must specify either ?id with the server's ID or ?address with IP:port of peer to remove",
      );
    }
    if (id !== '' && address !== '') throw badRequest('Bad request: Must specify only one of ?id or ?address');
    await this.operator.removePeer(id === '' ? { address } : { id });
    return empty(200);
  }

  @Route('POST', '/v1/operator/raft/transfer-leader')
  async transferLeader(call: Call): Promise<Reply> {
    this.checkLocal(call);
    await this.operator.transferLeadership(call.query.get('id') || undefined);
    return json({ Success: true });
  }

  @Route('GET', '/v1/operator/autopilot/configuration')
  async autopilot(call: Call): Promise<Reply> {
    const { consistency } = readOptions(call, 0);
    this.checkLocal(call);
    return json(await this.operator.autopilot(consistency === 'stale'));
  }

  @Route('PUT', '/v1/operator/autopilot/configuration')
  async setAutopilot(call: Call): Promise<Reply> {
    this.checkLocal(call);
    const body = await call.body(this.options.limits.bodyBytesMax);
    const config = decodeBytes(body, autopilotRequest, true, 'Bad request: Error parsing autopilot config: ');
    return json(await this.operator.setAutopilot(config, casOf(call)));
  }

  @Route('GET', '/v1/operator/autopilot/health')
  async health(call: Call): Promise<Reply> {
    readOptions(call, 0);
    this.checkLocal(call);
    const [servers, status] = await Promise.all([this.operator.health(), this.state.status()]);
    const isHealthy = servers.every((server) => server.isHealthy);
    const voters = servers.filter(({ server }) => server.voter);
    const quorum = Math.floor(voters.length / 2) + 1;
    const spare = voters.filter((voter) => voter.isHealthy).length - quorum;
    const body = {
      Healthy: isHealthy,
      FailureTolerance: Math.max(spare, 0),
      Servers: servers.map((one) => healthJson(one, status)),
    };
    return json(body, [], isHealthy ? 200 : 429);
  }

  private checkLocal(call: Call): void {
    checkDatacenter(call.query.get('dc'), this.options.datacenter);
  }
}

/** Without a leader's word, term and index are this server's: the same on every healthy server but for what is in flight. */
function healthJson(
  { server, status, version, isHealthy }: ServerHealth,
  { term, appliedIndex }: LeaderStatus,
): object {
  const { health } = server;
  return {
    ID: server.id,
    Name: server.node,
    Address: server.address,
    SerfStatus: status,
    Version: version,
    Leader: server.leader,
    LastContact: formatGoDuration(Math.round((health?.lastContactMs ?? 0) * 1e6)),
    LastTerm: health?.lastTerm ?? term,
    LastIndex: health?.lastIndex ?? appliedIndex,
    Healthy: isHealthy,
    Voter: server.voter,
    // Consul cuts to seconds.
    StableSince: health ? `${new Date(health.stableSinceMs).toISOString().slice(0, 19)}Z` : '0001-01-01T00:00:00Z',
  };
}

function casOf(call: Call): number | undefined {
  if (!call.query.has('cas')) return undefined;
  const text = call.query.get('cas');
  const problem = uint64Problem(text);
  if (problem !== undefined) throw badRequest(`Bad request: Error parsing cas value: ${problem}`);
  return Number(text);
}
