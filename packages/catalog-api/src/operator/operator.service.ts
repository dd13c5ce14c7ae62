import type {
  Member,
  MembershipApi,
  OperatorResult,
  RaftConfigurationInfo,
  RaftServerInfo,
  StateApi,
} from '@tribune/protocol';
import { setting, type View } from '@tribune/state-store';
import type { Fence } from '../answers/fence';
import type { Writes } from '../answers/writes';
import { serverError } from '../http/http-error';
import { encodeJson } from '../json/go-json';
import { AUTOPILOT_SETTING, autopilotJson, autopilotOf, type Autopilot } from './autopilot.json';

export interface ServerHealth {
  readonly server: RaftServerInfo;
  readonly status: string;
  readonly version: string;
  readonly isHealthy: boolean;
}

/** What operators ask of the servers as a group. */
export class OperatorService {
  constructor(
    private readonly state: StateApi,
    private readonly membership: MembershipApi,
    private readonly fence: Fence,
    private readonly writes: Writes,
    private readonly view: View,
  ) {}

  configuration(): Promise<RaftConfigurationInfo> {
    return this.state.raftConfiguration();
  }

  async removePeer(peer: { readonly id?: string; readonly address?: string }): Promise<void> {
    const result: OperatorResult = await this.state.removePeer(peer);
    if (!result.ok) throw serverError(result.reason);
  }

  async transferLeadership(id: string | undefined): Promise<void> {
    const result = await this.state.transferLeadership(id);
    if (!result.ok) throw serverError(result.reason);
  }

  /** With its create and modify index, as Consul prints it. */
  async autopilot(isStale: boolean): Promise<Record<string, unknown>> {
    await this.view.require([{ kind: 'all' }]);
    if (!isStale) await this.fence.pass();
    const row = setting(this.view.tables, AUTOPILOT_SETTING).value;
    const indexes = { CreateIndex: row?.createIndex ?? 1, ModifyIndex: row?.modifyIndex ?? 1 };
    return { ...autopilotJson(autopilotOf(row)), ...indexes };
  }

  setAutopilot(config: Autopilot, cas: number | undefined): Promise<boolean> {
    const value = encodeJson(autopilotJson(config), false);
    return this.writes.ask({ type: 'setting', name: AUTOPILOT_SETTING, value, cas });
  }

  /** As the leader judges; while none answers, a server is healthy while gossip finds it alive. */
  async health(): Promise<readonly ServerHealth[]> {
    const [{ servers }, members] = await Promise.all([this.state.raftConfiguration(), this.membership.members('lan')]);
    return servers.map((server) => {
      const member = members.find((one) => isMemberOf(server, one));
      const status = member?.status ?? 'none';
      return { server, status, version: versionOf(member), isHealthy: server.health?.healthy ?? status === 'alive' };
    });
  }
}

function isMemberOf(server: RaftServerInfo, member: Member): boolean {
  return member.tags.id === server.id || member.name === server.node;
}

/** `1.8.7:0e6c5b3a` in the tag, without what follows the colon. */
const versionOf = (member: Member | undefined): string => (member?.tags.build ?? '').split(':')[0]!;
