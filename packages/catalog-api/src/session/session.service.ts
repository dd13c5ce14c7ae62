import { formatGoDuration, goDurationProblem, parseGoDuration, type Random } from '@tribune/platform';
import { SERF_HEALTH_CHECK_ID, type StateApi } from '@tribune/protocol';
import { malformedUuid, nodeSessions, session, sessions, type ReadTables, type View } from '@tribune/state-store';
import type { Evaluated } from '../answers/content';
import type { Fence } from '../answers/fence';
import type { Writes } from '../answers/writes';
import { noClusterLeader, notFound, serverError } from '../http/http-error';
import { sessionJson, type SessionRequest } from './session.json';

const LOCK_DELAY_DEFAULT_NS = 15e9;
const TTL_MAX_NS = 24 * 3600e9;

/** Sessions: made here, ended by the leader when nobody renews them or their node fails. */
export class SessionService {
  constructor(
    private readonly state: StateApi,
    private readonly writes: Writes,
    private readonly fence: Fence,
    private readonly random: Random,
    private readonly view: View,
    private readonly local: { readonly nodeName: string; readonly ttlMinNs: number },
  ) {}

  info(tables: ReadTables, id: string): Evaluated {
    refuseMalformed(id);
    const { index, watch, value } = session(tables, id);
    return { index, watch, content: { kind: 'json', value: value ? [sessionJson(value)] : [] } };
  }

  onNode(tables: ReadTables, node: string): Evaluated {
    const { index, watch, value } = nodeSessions(tables, node);
    return { index, watch, content: { kind: 'json', value: value.map(sessionJson) } };
  }

  all(tables: ReadTables): Evaluated {
    const { index, watch, value } = sessions(tables);
    return { index, watch, content: { kind: 'json', value: value.map(sessionJson) } };
  }

  /** Creates a session on this agent's node unless another is named; gives its id. */
  async create(request: Partial<SessionRequest>): Promise<string> {
    const behavior = request.Behavior || 'release';
    if (behavior !== 'release' && behavior !== 'delete') throw serverError(`Invalid Behavior setting '${behavior}'`);
    const ttl = request.TTL ?? '';
    this.checkTtl(ttl);
    const outcome = await this.writes.propose({
      type: 'session-create',
      session: {
        id: this.random.uuid(),
        name: request.Name ?? '',
        node: request.Node || this.local.nodeName,
        lockDelayNs: request.LockDelay ?? LOCK_DELAY_DEFAULT_NS,
        behavior,
        ttl,
        nodeChecks: nodeChecksOf(request),
        serviceChecks: request.ServiceChecks?.map(({ ID: id, Namespace: namespace }) => ({ id, namespace })) ?? null,
      },
    });
    return outcome.kind === 'session' ? outcome.id : '';
  }

  async destroy(id: string): Promise<boolean> {
    refuseMalformed(id);
    return this.writes.ask({ type: 'session-destroy', id });
  }

  /** The renewed session in a list. */
  async renew(id: string): Promise<unknown> {
    refuseMalformed(id);
    const renewed = await this.state.renewSession(id);
    if (renewed === 'noLeader') throw noClusterLeader();
    if (renewed === 'unknown') throw notFound(`Session id '${id}' not found`);
    await this.view.require([{ kind: 'sessions' }]);
    await this.fence.pass();
    const row = this.view.tables.sessions.get(id);
    return row ? [sessionJson(row)] : [];
  }

  private checkTtl(ttl: string): void {
    if (ttl === '') return;
    const ns = parseGoDuration(ttl);
    if (ns === undefined) throw serverError(`Session TTL '${ttl}' invalid: ${goDurationProblem(ttl)}`);
    const { ttlMinNs } = this.local;
    if (ns !== 0 && (ns < ttlMinNs || ns > TTL_MAX_NS)) {
      throw serverError(`Invalid Session TTL '${ns}', must be between [${formatGoDuration(ttlMinNs)}=24h0m0s]`);
    }
  }
}

/**
 * The node's own failure detector, unless `NodeChecks` names others; those of the older `Checks` come on top. An empty
 * list says: none at all.
 */
function nodeChecksOf({ Checks: older, NodeChecks: given }: Partial<SessionRequest>): readonly string[] {
  if (older?.length === 0 || given?.length === 0) return [];
  return [...new Set([...(older ?? []), ...(given ?? [SERF_HEALTH_CHECK_ID])])];
}

function refuseMalformed(id: string): void {
  const problem = malformedUuid(id);
  if (problem !== undefined) throw serverError(`failed session lookup: ${problem}`);
}
