import { dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import {
  connectAgent,
  connectMembership,
  connectState,
  controlService,
  GrpcServer,
  type AgentApi,
  type AgentClient,
  type MembershipApi,
  type MembershipClient,
} from '@tribune/protocol';
import type { Composition, CompositionInput } from '../agent/composition';
import { ServerList } from '../agent/server-list';
import { dnsSettingsOf } from '../agent/options/dns-options';
import type { AgentConfig, ListenAddress } from '../config/agent-config';
import { InlinePiece } from '../pieces/inline-piece';
import type { Piece } from '../pieces/piece';
import { ProcessPiece } from '../pieces/process-piece';
import { StandIn } from '../pieces/stand-in';
import { LoopbackPorts } from './loopback-ports';
import {
  catalogArguments,
  dnsArguments,
  gossipArguments,
  healthArguments,
  hostPort,
  LOOPBACK,
  pieceOptions,
  raftArguments,
} from './piece-arguments';
import { stateRelay } from './state-relay';
import { ToldDefinitions } from './told-definitions';

const scriptOf = (piece: string): string =>
  join(dirname(require.resolve(`@tribune/${piece}/package.json`)), 'dist', 'main.js');

/** Each piece as a process of its own, started from its own `main`; they know one another by gRPC addresses on loopback. */
export function composeProcesses(input: CompositionInput): Composition {
  const { config, identity, control, ports: agentPorts } = input;
  const { clock, logger } = agentPorts;
  const ports = new LoopbackPorts(LOOPBACK);
  const options = pieceOptions(config, identity);
  const at = (name: (typeof LOOPBACK)[number]): ListenAddress => ({ host: '127.0.0.1', port: ports.of(name) });
  const processOf = (name: string, args: () => string[], listensAt: () => ListenAddress): ProcessPiece =>
    new ProcessPiece({ name, main: scriptOf(name), args, listensAt, env: pieceEnvironment(options[name]) }, clock);

  const membership = new StandIn<MembershipApi>('gossip');
  const agent = new StandIn<AgentApi>('health-runner');
  const isServer = config.mode === 'server';
  const servers = new ServerList(config.datacenter, { ...agentPorts, membership: membership.face });
  const own = hostPort({
    host: config.serverRpc.host === '0.0.0.0' ? '127.0.0.1' : config.serverRpc.host,
    port: config.serverRpc.port,
  });
  const state = connectState({
    ...agentPorts,
    servers: () => (isServer ? [own] : servers.addresses()),
    holdMs: config.rpcHoldTimeoutMs,
  });
  const stateAddress = (): string => (isServer ? own : ports.address('state'));
  const clients = new Clients(ports, membership, agent);

  const raft = processOf(
    'raft-core',
    () => raftArguments(config, identity, ports),
    () => config.serverRpc,
  );
  const relay = new InlinePiece('state-relay', () => {
    servers.start();
    return stateRelay(() => ports.address('state'), state, logger.child('relay'));
  });
  const health = processOf(
    'health-runner',
    () => healthArguments(config, identity, stateAddress(), ports),
    () => at('agent'),
  );
  let dnsConfig = config;
  const gateway = processOf(
    'dns-gateway',
    () => dnsArguments(dnsConfig, ports),
    () => config.dns[0]!,
  );
  const told = new ToldDefinitions(config, agent.face, agentPorts);
  const stopping = new AbortController();
  return {
    pieces: [
      new InlinePiece('loopback-ports', () => ports),
      processOf(
        'gossip',
        () => gossipArguments(config, ports),
        () => at('gossip'),
      ),
      new InlinePiece('piece-clients', () => clients),
      new InlinePiece('control', () => {
        const server = new GrpcServer({ address: ports.address('control') }, logger.child('control'));
        return server.add('tribune.control.v1.Control', controlService(control));
      }),
      isServer ? raft : relay,
      withAfterStart(health, () => told.tell(stopping.signal)),
      processOf(
        'catalog-api',
        () => catalogArguments(config, stateAddress(), ports),
        () => config.http[0]!,
      ),
      ...(config.dns.length > 0 ? [gateway] : []),
    ],
    membership: membership.face,
    reloadDefinitions: (...next) => told.reload(...next),
    state,
    reloadDns(next) {
      if (isDeepStrictEqual(dnsSettingsOf(next), dnsSettingsOf(dnsConfig))) return;
      // Listeners stay as they are, as in one process.
      dnsConfig = { ...config, ...dnsSettingKeys(next) };
      logger.info('the DNS gateway is started anew with its new settings');
      gateway.end();
    },
    listening: () => ({
      http: portOf(config.http),
      grpc: portOf(config.grpc),
      dns: portOf(config.dns),
      serfLan: config.serfLan.port,
    }),
    close() {
      stopping.abort();
      servers.stop();
      state.close();
    },
  };
}

const dnsSettingKeys = ({ dnsConfig, dnsServiceTtlMs, dnsRecursors }: AgentConfig) => ({
  dnsConfig,
  dnsServiceTtlMs,
  dnsRecursors,
});

const portOf = ([first]: readonly ListenAddress[]): number => (first && 'port' in first ? first.port : 0);

/** What a TRIBUNE_ variable says is meant for the agent, not for its pieces, which have options of their own. */
function pieceEnvironment(options: object | undefined): NodeJS.ProcessEnv {
  const others = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('TRIBUNE_')));
  return options ? { ...others, TRIBUNE_OPTIONS: JSON.stringify(options) } : others;
}

/** The launcher's own ways to gossip and to the health runner; gRPC reconnects when those are restarted. */
class Clients {
  private open: { readonly membership: MembershipClient; readonly agent: AgentClient } | undefined;

  constructor(
    private readonly ports: LoopbackPorts<(typeof LOOPBACK)[number]>,
    private readonly membership: StandIn<MembershipApi>,
    private readonly agent: StandIn<AgentApi>,
  ) {}

  async start(): Promise<void> {
    this.open = {
      membership: this.membership.put(connectMembership({ address: this.ports.address('gossip') })),
      agent: this.agent.put(connectAgent({ address: this.ports.address('agent') })),
    };
  }

  async stop(): Promise<void> {
    this.open?.membership.close();
    this.open?.agent.close();
    this.open = undefined;
  }
}

/** Each time the piece has started, `after` follows, without being waited for. */
function withAfterStart(piece: Piece, after: () => Promise<unknown>): Piece {
  return {
    name: piece.name,
    start: (died) => piece.start(died).then(() => void after()),
    stop: () => piece.stop(),
    readiness: () => piece.readiness(),
  };
}
