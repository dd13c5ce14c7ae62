import { Metadata, type Client, type ClientDuplexStream } from '@grpc/grpc-js';
import type { Clock } from '@tribune/platform';
import { openClient } from '../grpc/channel';
import { FORWARDED_METADATA } from '../grpc/state-service';
import type { WireFeedEvent, WireFeedRequest, WireProposeBatch, WireProposeResults } from '../grpc/state-wire';

export type StateStub = Client & {
  propose(metadata: Metadata): ClientDuplexStream<WireProposeBatch, WireProposeResults>;
  feed(metadata: Metadata): ClientDuplexStream<WireFeedRequest, WireFeedEvent>;
};

/** The server in use: one channel to it. */
export interface ChosenServer {
  readonly address: string;
  readonly stub: StateStub;
  readonly metadata: Metadata;
}

/** A server that hangs (paused, out of memory) is left after at most the sum. Servers among themselves are impatient. */
const KEEPALIVE = { timeMs: 3_000, timeoutMs: 3_000 };
const SERVER_KEEPALIVE = { timeMs: 1_000, timeoutMs: 2_000 };

/** Sticks to one server while it works and is listed; on failure the one that failed longest ago (or never) is next. */
export class ServerChoice {
  private current: ChosenServer | undefined;
  private readonly failures = new Map<string, number>();
  /** How many calls that must come to their end are under way on each. */
  private readonly calls = new Map<ChosenServer, number>();
  private closed = false;

  constructor(
    private readonly options: { readonly servers: () => readonly string[]; readonly forwarded: boolean },
    private readonly clock: Clock,
  ) {}

  /** Undefined when no server is known. */
  get(): ChosenServer | undefined {
    if (this.closed) return undefined;
    const servers = this.options.servers();
    if (this.current && servers.includes(this.current.address)) return this.current;
    this.drop();
    for (const address of this.failures.keys()) if (!servers.includes(address)) this.failures.delete(address);
    const address = this.leastFailed(servers);
    if (address !== undefined) this.current = this.open(address);
    return this.current;
  }

  /** The way to this server is broken: the next `get` tries another. Calls under way on it may still end. */
  failed(server: ChosenServer): void {
    this.failures.set(server.address, this.clock.monotonicMs());
    if (this.current === server) this.drop();
  }

  succeeded(server: ChosenServer): void {
    this.failures.delete(server.address);
  }

  /**
   * For a call whose answer counts also when its server is left meanwhile; `release` follows when it has ended. grpc-js
   * lets calls end after `close`, but only until its next keepalive: it cannot ping over a session that is closing, and
   * takes that for a broken connection.
   */
  hold(server: ChosenServer): void {
    this.calls.set(server, (this.calls.get(server) ?? 0) + 1);
  }

  release(server: ChosenServer): void {
    const left = this.calls.get(server)! - 1;
    if (left > 0) return void this.calls.set(server, left);
    this.calls.delete(server);
    if (server !== this.current) server.stub.close();
  }

  close(): void {
    this.closed = true;
    this.drop();
  }

  private leastFailed(servers: readonly string[]): string | undefined {
    const age = (address: string): number => this.failures.get(address) ?? -Infinity;
    return servers.reduce<string | undefined>(
      (best, address) => (best === undefined || age(address) < age(best) ? address : best),
      undefined,
    );
  }

  private open(address: string): ChosenServer {
    const metadata = new Metadata();
    if (this.options.forwarded) metadata.set(FORWARDED_METADATA, '1');
    const keepalive = this.options.forwarded ? SERVER_KEEPALIVE : KEEPALIVE;
    return { address, stub: openClient<StateStub>('tribune.state.v1.State', { address, keepalive }), metadata };
  }

  private drop(): void {
    const server = this.current;
    this.current = undefined;
    if (server && !this.calls.has(server)) server.stub.close();
  }
}
