import { Writable } from 'node:stream';
import { createHealthRunner, type HealthRunner } from '@tribune/health-runner';
import { createLogger, Metrics, silentLogger, systemClock, systemRandom, type LogSource } from '@tribune/platform';
import type { Member, MembershipApi } from '@tribune/protocol';
import { LocalState, SimClock } from '@tribune/testkit';
import { catalogApiDefaults, createCatalogApi, type CatalogApi, type CatalogApiOptions } from '../../src/index';

const NODE = {
  id: '5477ea27-081e-8b9e-f132-39a0c27d4567',
  node: 'n1',
  address: '127.0.0.1',
  datacenter: 'dc1',
  taggedAddresses: { lan: '127.0.0.1' },
  meta: {},
};

const MEMBER: Member = {
  name: 'n1',
  address: '127.0.0.1',
  port: 8301,
  tags: { role: 'consul', dc: 'dc1' },
  status: 'alive',
  protocolMin: 1,
  protocolMax: 5,
  protocolCurrent: 2,
  delegateMin: 2,
  delegateMax: 5,
  delegateCurrent: 4,
};

/** The HTTP API in front of a real agent and a state service without consensus; gossip knows one member. */
export class AgentFixture {
  /** How often the process was asked to leave. */
  left = 0;

  private constructor(
    private readonly api: CatalogApi,
    readonly runner: HealthRunner,
    readonly state: LocalState,
    readonly logger: LogSource,
  ) {}

  static async start(options: Partial<CatalogApiOptions> = {}): Promise<AgentFixture> {
    const state = new LocalState(systemClock);
    const common = { state, view: state.view, clock: systemClock, random: systemRandom, metrics: new Metrics() };
    // Its time stands still: no check runs by itself between what a test registers and what it reads.
    const runner = createHealthRunner({ node: NODE }, { ...common, clock: new SimClock(), logger: silentLogger });
    const logger = createLogger({
      level: 'error',
      format: 'text',
      destination: new Writable({ write: (_c, _e, done) => done() }),
    });
    const control = { reload: async () => [], leave: async () => void fixture.left++ };
    const api = createCatalogApi(
      {
        ...catalogApiDefaults,
        http: [{ host: '127.0.0.1', port: 0 }],
        nodeName: 'n1',
        nodeId: NODE.id,
        dev: true,
        ...options,
      },
      {
        ...common,
        logger: silentLogger,
        logSource: logger,
        agent: runner,
        membership: membership(),
        // As `consul agent -dev`: nothing is stored, and a reload reads no definitions.
        control,
      },
    );
    await runner.start();
    await api.start();
    const fixture: AgentFixture = new AgentFixture(api, runner, state, logger);
    return fixture;
  }

  get port(): number {
    return this.api.port;
  }

  async stop(): Promise<void> {
    await this.api.stop();
    await this.runner.stop();
    this.state.stop();
  }
}

function membership(): MembershipApi {
  return {
    members: async (pool) => [pool === 'lan' ? MEMBER : { ...MEMBER, name: 'n1.dc1' }],
    localMember: async () => MEMBER,
    watch: async function* () {},
    join: async (_pool, [address]) => ({ joined: 0, errors: [`Failed to join ${address}: nobody is there`] }),
    leave: async () => undefined,
    forceLeave: async () => 'unknown',
    fireEvent: async () => ({ ok: false, reason: 'not here' }),
    events: async () => [],
    setTags: async () => undefined,
    coordinate: async () => undefined,
    query: async () => ({ ok: false, reason: 'not here' }),
    queries: async function* () {},
    answerQuery: async () => ({ ok: false, reason: 'nobody has asked' }),
    keyring: async () => [],
    stats: async () => ({ serf_lan: { members: '1' }, serf_wan: { members: '1' } }),
  };
}
