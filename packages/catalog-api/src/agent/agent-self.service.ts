import { arch, cpus, platform } from 'node:os';
import type { AgentApi, MembershipApi, StateApi } from '@tribune/protocol';
import { sortedMap } from '../json/go-json';
import type { CatalogApiOptions } from '../options';
import { debugConfigJson } from './debug-config.json';
import { memberJson } from './member.json';

export interface AgentSelfCollaborators {
  readonly agent: AgentApi;
  readonly membership: MembershipApi;
  readonly state: StateApi;
}

type Groups = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** A coordinate that has learned nothing yet (Vivaldi in eight dimensions, serf's defaults). */
const UNKNOWN_COORDINATE = { vec: [0, 0, 0, 0, 0, 0, 0, 0], error: 1.5, adjustment: 0, height: 1e-5 };

/** What an agent says of itself, gathered from its pieces. A piece that cannot be reached is left out, not waited for. */
export class AgentSelfService {
  constructor(
    private readonly options: CatalogApiOptions,
    private readonly collaborators: AgentSelfCollaborators,
  ) {}

  async self(): Promise<object> {
    const { agent, membership } = this.collaborators;
    const [node, member, stats] = await Promise.all([agent.node(), membership.localMember(), this.stats()]);
    const coordinate = (await membership.coordinate('lan', node.node)) ?? UNKNOWN_COORDINATE;
    return {
      Config: this.config(),
      DebugConfig: debugConfigJson(this.options),
      Coord: {
        Vec: coordinate.vec,
        Error: coordinate.error,
        Adjustment: coordinate.adjustment,
        Height: coordinate.height,
      },
      Member: memberJson(member),
      Stats: stats,
      Meta: sortedMap(node.meta),
    };
  }

  private config(): object {
    const { datacenter, nodeName, nodeId, server, version } = this.options;
    return {
      Datacenter: datacenter,
      NodeName: nodeName,
      NodeID: nodeId,
      Revision: '',
      Server: server,
      Version: version,
    };
  }

  private async stats(): Promise<Record<string, unknown> | null> {
    const { agent, membership, state } = this.collaborators;
    const nothing = (): Groups => ({});
    const [services, checks, gossip, consensus] = await Promise.all([
      agent.services(),
      agent.checks(),
      membership.stats().catch(nothing),
      state.stats().catch(nothing),
    ]);
    const ttls = checks.filter(({ type }) => type === 'ttl').length;
    const groups: Groups = {
      agent: {
        check_monitors: String(checks.filter(({ type }) => type === 'script').length),
        check_ttls: String(ttls),
        checks: String(checks.length),
        services: String(services.length),
      },
      build: { prerelease: '', revision: '', version: this.options.version },
      runtime: runtimeFacts(),
      ...gossip,
      ...consensus,
    };
    return sortedMap(Object.fromEntries(Object.entries(groups).map(([name, values]) => [name, sortedMap(values)])));
  }
}

/** Under the names of Go's runtime: goroutines have no counterpart but the handles that keep the loop busy. */
function runtimeFacts(): Record<string, string> {
  const cpuCount = String(cpus().length);
  return {
    arch: arch() === 'x64' ? 'amd64' : arch(),
    cpu_count: cpuCount,
    goroutines: String(process.getActiveResourcesInfo().length),
    max_procs: cpuCount,
    os: platform(),
    version: `node${process.version}`,
  };
}
