import { dirname, join } from 'node:path';
import { sleep } from '@tribune/platform';
import {
  connectAgent,
  connectMembership,
  connectState,
  type AgentApi,
  type AgentClient,
  type MembershipApi,
  type MembershipClient,
} from '@tribune/protocol';
import type { Composition, CompositionInput } from '../agent/composition';
import { ServerList } from '../agent/server-list';
import type { ListenAddress } from '../config/agent-config';
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
  raftArguments,
} from './piece-arguments';
import { stateRelay } from './state-relay';

const scriptOf = (piece: string): string =>
  join(dirname(require.resolve(`@tribune/${piece}/package.json`)), 'dist', 'main.js');

/** Each piece as a process of its own, started from its own `main`; they know one another by gRPC addresses on loopback. */
export function composeProcesses(input: CompositionInput): Composition {
  const { config, identity, ports: agentPorts } = input;
  const { clock, logger } = agentPorts;
  const ports = new LoopbackPorts(LOOPBACK);
  const at = (name: (typeof LOOPBACK)[number]): ListenAddress => ({ host: '127.0.0.1', port: ports.of(name) });
  const processOf = (name: string, args: () => string[], listensAt: () => ListenAddress): ProcessPiece =>
    new ProcessPiece({ name, main: scriptOf(name), args, listensAt, env: pieceEnvironment() }, clock);

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
  const push = (): Promise<unknown> => agent.face.reload(config.services, config.checks, config.nodeMeta);
  return {
    pieces: [
      new InlinePiece('loopback-ports', () => ports),
      processOf(
        'gossip',
        () => gossipArguments(config, identity, ports),
        () => at('gossip'),
      ),
      new InlinePiece('piece-clients', () => clients),
      isServer ? raft : relay,
      withAfterStart(health, push),
      processOf(
        'catalog-api',
        () => catalogArguments(config, identity, stateAddress(), ports),
        () => config.http[0]!,
      ),
      ...(config.dns.length > 0
        ? [
            processOf(
              'dns-gateway',
              () => dnsArguments(config, ports),
              () => config.dns[0]!,
            ),
          ]
        : []),
      new InlinePiece('leave-watch', () => leaveWatch(input, membership.face)),
    ],
    membership: membership.face,
    agent: agent.face,
    state,
    reloadDns: () => logger.warn('DNS settings are taken up when the agent is started anew', { layout: 'processes' }),
    listening: () => ({
      http: portOf(config.http),
      grpc: portOf(config.grpc),
      dns: portOf(config.dns),
      serfLan: config.serfLan.port,
    }),
    close() {
      servers.stop();
      state.close();
    },
  };
}

const portOf = ([first]: readonly ListenAddress[]): number => (first && 'port' in first ? first.port : 0);

/** What a TRIBUNE_ variable says is meant for the agent, not for its pieces. */
function pieceEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('TRIBUNE_')));
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

/** Each time the piece has started, `after` follows: what it was told is lost with its process. */
function withAfterStart(piece: Piece, after: () => Promise<unknown>): Piece {
  return {
    name: piece.name,
    start: (died) => piece.start(died).then(() => void after().catch(() => undefined)),
    stop: () => piece.stop(),
    readiness: () => piece.readiness(),
  };
}

/** `PUT /v1/agent/leave` reaches the front end, which tells gossip; the launcher learns of it from gossip. */
function leaveWatch({ config, control, ports }: CompositionInput, membership: MembershipApi) {
  const stopping = new AbortController();
  const follow = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      try {
        for await (const event of membership.watch(stopping.signal)) {
          if (event.kind === 'leave' && event.pool === 'lan' && event.member.name === config.nodeName)
            return void control.leave();
        }
      } catch {
        // Gossip is being restarted.
      }
      await sleep(ports.clock, 500, stopping.signal);
    }
  };
  return {
    start: async () => void follow(),
    stop: async () => stopping.abort(),
  };
}
