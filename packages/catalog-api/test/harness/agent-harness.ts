import { Metrics, seededRandom, silentLogger, systemClock, type LogSource } from '@tribune/platform';
import { LocalState } from '@tribune/testkit';
import type { AgentApi, StateApi } from '@tribune/protocol';
import { catalogApiDefaults, createCatalogApi, type CatalogApi, type CatalogApiOptions } from '../../src/index';
import { LoneAgent } from './lone-agent';
import { LoneMember } from './lone-member';
import { seedOwnNode } from './own-node';

export interface Harness {
  readonly api: CatalogApi;
  readonly state: LocalState;
  readonly membership: LoneMember;
  readonly metrics: Metrics;
  readonly base: string;
  stop(): Promise<void>;
}

export const NODE_NAME = 'conf-node';
export const NODE_ID = '11111111-2222-3333-4444-000000000001';

/**
 * The HTTP API of a development agent in this process: one server, one member, its own node in the catalog. `disguise`
 * puts another face on the state service.
 */
export async function startHarness(
  overrides: Partial<CatalogApiOptions> = {},
  disguise: (state: LocalState) => StateApi = (state) => state,
): Promise<Harness> {
  const state = new LocalState(systemClock);
  seedOwnNode(state, { node: NODE_NAME, id: NODE_ID });
  const membership = new LoneMember(NODE_NAME);
  const metrics = new Metrics();
  const options: CatalogApiOptions = {
    ...catalogApiDefaults,
    dev: true,
    nodeName: NODE_NAME,
    nodeId: NODE_ID,
    http: [{ host: '127.0.0.1', port: 0 }],
    ...overrides,
  };
  const agent: AgentApi = new LoneAgent(NODE_NAME, NODE_ID);
  const api = createCatalogApi(options, {
    state: disguise(state),
    view: state.view,
    membership,
    agent,
    logSource: silentSource,
    clock: systemClock,
    random: seededRandom(1),
    logger: silentLogger,
    metrics,
    control: { reload: async () => [], leave: async () => undefined },
  });
  await api.start();
  const stop = async (): Promise<void> => {
    await api.stop();
    state.stop();
  };
  return { api, state, membership, metrics, base: `http://127.0.0.1:${api.port}`, stop };
}

const silentSource: LogSource = { ...silentLogger, setLevel: () => undefined, follow: () => () => undefined };
