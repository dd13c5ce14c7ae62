import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Metrics, silentLogger, systemClock, systemRandom, type Logger } from '@tribune/platform';
import type { ProposeResult, StateApi } from '@tribune/protocol';
import { decodeOutcome, encodeCommand, type Command, type Outcome } from '@tribune/state-store';
import { freePort } from '@tribune/testkit';
import { autopilotDefaults, type AutopilotSettings } from '../leader-duties/autopilot-settings';
import type { RaftServerOptions } from '../server/options';
import { createRaftServer, type RaftServer } from '../server/raft-server';
import { fakeMembership, FakePool, serverMember } from './fake-membership';

export interface TestServerSettings {
  readonly bootstrap?: boolean;
  readonly bootstrapExpect?: number;
  readonly raft?: RaftServerOptions['raft'];
  readonly rpcHoldMs?: number;
  readonly feedHistory?: RaftServerOptions['feedHistory'];
  readonly autopilot?: Partial<AutopilotSettings>;
  readonly auditMs?: number;
  readonly spoiledKey?: string;
  readonly onFatal?: (error: Error) => void;
  readonly logger?: Logger;
}

/** A real server (LevelDB, gRPC on loopback) that can be stopped and started again on its data and its port. */
export class TestServer {
  readonly id: string;
  server: RaftServer | undefined;

  private constructor(
    readonly name: string,
    readonly pool: FakePool,
    readonly dataDir: string,
    public port: number,
    private readonly settings: TestServerSettings,
  ) {
    this.id = `${name}-0000-0000-0000-000000000000`;
  }

  static async create(name: string, pool: FakePool, settings: TestServerSettings): Promise<TestServer> {
    // One that nobody takes while the server is down.
    const port = await freePort();
    return new TestServer(name, pool, await mkdtemp(join(tmpdir(), 'tribune-test-')), port, settings);
  }

  get state(): StateApi {
    return this.running.state;
  }

  get running(): RaftServer {
    if (!this.server) throw new Error(`${this.name} does not run`);
    return this.server;
  }

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  get isLeader(): boolean {
    return this.server?.raftStatus().role === 'leader';
  }

  /** Instead of a port of its own. */
  listenOn(port: number): void {
    this.port = port;
  }

  async start(dataDir = this.dataDir): Promise<this> {
    const {
      bootstrap = false,
      bootstrapExpect = 0,
      raft,
      rpcHoldMs,
      feedHistory,
      autopilot,
      auditMs,
      spoiledKey,
      onFatal,
      logger = silentLogger,
    } = this.settings;
    const server = createRaftServer(
      {
        id: this.id,
        nodeName: this.name,
        datacenter: 'dc1',
        rpcAddress: this.address,
        advertiseAddress: '127.0.0.1',
        dataDir,
        bootstrap,
        bootstrapExpect,
        raft: { freeBytesMin: 0, ...raft },
        rpcHoldMs,
        feedHistory,
        auditMs,
        spoiledKey,
        // Nobody waits ten seconds for a vote in a test.
        autopilot: { ...autopilotDefaults, serverStabilizationMs: 0, ...autopilot },
      },
      {
        membership: fakeMembership(this.pool, this.name),
        clock: systemClock,
        random: systemRandom,
        logger,
        metrics: new Metrics(),
        onFatal,
      },
    );
    await server.start();
    this.server = server;
    this.pool.set(serverMember({ name: this.name, id: this.id, rpcPort: this.port, expect: bootstrapExpect }));
    return this;
  }

  async stop(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    await server?.stop();
  }

  async remove(): Promise<void> {
    await this.stop();
    await rm(this.dataDir, { recursive: true, force: true });
  }
}

/** Puts one command through and decodes what came of it; `undefined` when it was not applied. */
export async function write(state: StateApi, command: Command): Promise<Outcome | undefined> {
  const result = await state.propose(encodeCommand(command));
  return result.kind === 'applied' ? decodeOutcome(result.outcome) : undefined;
}

export function setKey(key: string, value: string): Command {
  return { type: 'kv', operation: { verb: 'set', key, value: Buffer.from(value), flags: 0n } };
}

export function proposeKey(state: StateApi, key: string, value: string): Promise<ProposeResult> {
  return state.propose(encodeCommand(setKey(key, value)));
}

/** Resolves when the condition holds; the test's own time limit ends a wait that is in vain. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}
