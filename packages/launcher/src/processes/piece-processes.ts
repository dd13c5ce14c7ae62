import { dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { CompositionInput } from '../agent/composition';
import { dnsSettingsOf } from '../agent/options/dns-options';
import type { AgentConfig, ListenAddress } from '../config/agent-config';
import { ProcessPiece } from '../pieces/process-piece';
import {
  catalogArguments,
  dnsArguments,
  gossipArguments,
  healthArguments,
  type LOOPBACK,
  type Ports,
  pieceOptions,
  raftArguments,
} from './piece-arguments';

/** The five pieces, each a process that is started from its own `main`. */
export class PieceProcesses {
  readonly gossip: ProcessPiece;
  readonly raft: ProcessPiece;
  readonly health: ProcessPiece;
  readonly catalog: ProcessPiece;
  readonly gateway: ProcessPiece;
  private dnsConfig: AgentConfig;

  /** `stateAddress`: where the servers' state is reached. */
  constructor(
    private readonly input: CompositionInput,
    private readonly ports: Ports,
    stateAddress: () => string,
  ) {
    const { config, identity } = input;
    this.dnsConfig = config;
    this.gossip = this.processOf('gossip', () => gossipArguments(config, ports), this.at('gossip'));
    this.raft = this.processOf(
      'raft-core',
      () => raftArguments(config, identity, ports),
      () => config.serverRpc,
    );
    this.health = this.processOf(
      'health-runner',
      () => healthArguments(config, identity, stateAddress(), ports),
      this.at('agent'),
    );
    this.catalog = this.processOf(
      'catalog-api',
      () => catalogArguments(config, stateAddress(), ports),
      () => config.http[0]!,
    );
    this.gateway = this.processOf(
      'dns-gateway',
      () => dnsArguments(this.dnsConfig, ports),
      () => config.dns[0]!,
    );
  }

  /** The gateway is started anew if its settings changed. */
  reloadDns(next: AgentConfig): void {
    if (isDeepStrictEqual(dnsSettingsOf(next), dnsSettingsOf(this.dnsConfig))) return;
    // Listeners stay as they are, as in one process.
    const { dnsConfig, dnsServiceTtlMs, dnsRecursors } = next;
    this.dnsConfig = { ...this.input.config, dnsConfig, dnsServiceTtlMs, dnsRecursors };
    this.input.ports.logger.info('the DNS gateway is started anew with its new settings');
    this.gateway.end();
  }

  /** Known when the ports are chosen. */
  private at(name: (typeof LOOPBACK)[number]): () => ListenAddress {
    return () => ({ host: '127.0.0.1', port: this.ports.of(name) });
  }

  private processOf(name: string, args: () => string[], listensAt: () => ListenAddress): ProcessPiece {
    const { config, identity, ports } = this.input;
    const env = pieceEnvironment(pieceOptions(config, identity)[name]);
    return new ProcessPiece({ name, main: scriptOf(name), args, listensAt, env }, ports.clock);
  }
}

const scriptOf = (piece: string): string =>
  join(dirname(require.resolve(`@tribune/${piece}/package.json`)), 'dist', 'main.js');

/** What a TRIBUNE_ variable says is meant for the agent, not for its pieces, which have options of their own. */
function pieceEnvironment(options: object | undefined): NodeJS.ProcessEnv {
  const others = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('TRIBUNE_')));
  return options ? { ...others, TRIBUNE_OPTIONS: JSON.stringify(options) } : others;
}
