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
import type { AgentConfig, ListenAddress } from '../config/agent-config';
import { InlinePiece } from '../pieces/inline-piece';
import type { Piece } from '../pieces/piece';
import { StandIn } from '../pieces/stand-in';
import { LoopbackPorts } from './loopback-ports';
import { hostPort, LOOPBACK, type Ports } from './piece-arguments';
import { PieceProcesses } from './piece-processes';
import { stateRelay } from './state-relay';
import { ToldDefinitions } from './told-definitions';

/** Each piece as a process of its own, started from its own `main`; they know one another by gRPC addresses on loopback. */
export function composeProcesses(input: CompositionInput): Composition {
  const { config, control, ports: agentPorts } = input;
  const { logger } = agentPorts;
  const ports = new LoopbackPorts(LOOPBACK);
  const membership = new StandIn<MembershipApi>('gossip');
  const agent = new StandIn<AgentApi>('health-runner');
  const isServer = config.mode === 'server';
  const servers = new ServerList(config.datacenter, { ...agentPorts, membership: membership.face });
  const own = ownAddress(config);
  const state = connectState({
    ...agentPorts,
    servers: () => (isServer ? [own] : servers.addresses()),
    holdMs: config.rpcHoldTimeoutMs,
  });
  const processes = new PieceProcesses(input, ports, () => (isServer ? own : ports.address('state')));
  const clients = new Clients(ports, membership, agent);
  const relay = new InlinePiece('state-relay', () => {
    servers.start();
    return stateRelay(() => ports.address('state'), state, logger.child('relay'));
  });
  const told = new ToldDefinitions(config, agent.face, agentPorts);
  const stopping = new AbortController();
  return {
    pieces: [
      new InlinePiece('loopback-ports', () => ports),
      processes.gossip,
      new InlinePiece('piece-clients', () => clients),
      new InlinePiece('control', () => {
        const server = new GrpcServer({ address: ports.address('control') }, logger.child('control'));
        return server.add('tribune.control.v1.Control', controlService(control));
      }),
      isServer ? processes.raft : relay,
      withAfterStart(processes.health, () => told.tell(stopping.signal)),
      processes.catalog,
      ...(config.dns.length > 0 ? [processes.gateway] : []),
    ],
    membership: membership.face,
    reloadDefinitions: (...next) => told.reload(...next),
    state,
    reloadDns: (next) => processes.reloadDns(next),
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

/** Where this server's own state is reached from this machine. */
function ownAddress({ serverRpc: { host, port } }: AgentConfig): string {
  return hostPort({ host: host === '0.0.0.0' ? '127.0.0.1' : host, port });
}

const portOf = ([first]: readonly ListenAddress[]): number => (first && 'port' in first ? first.port : 0);

/** The launcher's own ways to gossip and to the health runner; gRPC reconnects when those are restarted. */
class Clients {
  private open: { readonly membership: MembershipClient; readonly agent: AgentClient } | undefined;

  constructor(
    private readonly ports: Ports,
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
