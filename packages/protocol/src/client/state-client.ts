import { Metadata, status, type ServiceError } from '@grpc/grpc-js';
import { messageOf, sleep, type Clock, type Logger, type Random } from '@tribune/platform';
import type { FenceResult, OperatorResult, StateApi } from '../api/state';
import { callUnary } from '../grpc/channel';
import { RpcError } from '../grpc/server';
import * as wire from '../grpc/state-wire';
import { Coalesced } from './coalesced';
import { ProposeLane } from './propose-lane';
import { ServerChoice } from './server-choice';
import { GrpcFeedStream } from './state-feed';

export interface StateClientOptions {
  /** `host:port` of the servers, preferred first; asked again whenever a choice is made. */
  readonly servers: () => readonly string[];
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** How long work that was certainly not sent may wait for a server (Consul's `rpc_hold_timeout`). @default 7000 */
  readonly holdMs?: number;
  /** Set by servers that forward to their leader: the other side then never forwards again. @default false */
  readonly forwarded?: boolean;
}

export type StateClient = StateApi & {
  /** Commands waiting or in flight. */
  readonly depth: number;
  close(): void;
};

/** Servers hold a request for up to 7 s while there is no leader; beyond that plus a margin they are silent, not slow. */
const ANSWER_MARGIN_MS = 3_000;

/** The `state.v1` client: one channel to one server at a time, moving on when it fails. */
export function connectState(options: StateClientOptions): StateClient {
  const { clock, random, logger, holdMs = 7_000 } = options;
  const choice = new ServerChoice({ servers: options.servers, forwarded: options.forwarded ?? false }, clock);
  const lane = new ProposeLane(choice, { holdMs, proposalsMax: 16_384, bytesMax: 64 << 20 }, clock);
  const caller = new UnaryCaller(choice, { holdMs, answerMs: 7_000 + ANSWER_MARGIN_MS }, { clock, random, logger });

  const fences = new Coalesced(async (): Promise<FenceResult> => {
    const response = await caller.ask<wire.WireFence>('readFence', {}, 'repeatable').catch(noServer);
    return response ? wire.fenceFromWire(response) : { kind: 'noLeader' };
  });
  const operator = async (method: string, request: object): Promise<OperatorResult> => {
    try {
      return wire.operatorResultFromWire(await caller.ask<wire.WireOperatorResult>(method, request, 'once'));
    } catch (error) {
      return { ok: false, reason: messageOf(error) };
    }
  };

  return {
    propose: (command) => lane.propose(command),
    readFence: () => fences.get(),
    feed(signal) {
      const server = choice.get();
      if (!server) throw new RpcError(status.UNAVAILABLE, 'no server is known');
      return new GrpcFeedStream(server, choice, clock, signal);
    },
    status: async () => wire.statusFromWire(await caller.ask('status', {}, 'repeatable')),
    raftConfiguration: async () => wire.configurationFromWire(await caller.ask('raftConfiguration', {}, 'repeatable')),
    removePeer: (peer) => operator('removePeer', { id: peer.id ?? '', address: peer.address ?? '' }),
    transferLeadership: (id) => operator('transferLeadership', { id: id ?? '' }),
    async renewSession(id) {
      const response = await caller.ask<wire.WireRenewal>('renewSession', { id }, 'repeatable').catch(noServer);
      return response ? wire.renewalFromWire(response) : 'noLeader';
    },
    stats: async () => wire.statsFromWire(await caller.ask('stats', {}, 'repeatable')),
    get depth() {
      return lane.depth;
    },
    close() {
      lane.close();
      choice.close();
    },
  };
}

/** Unary calls: `repeatable` ones go to the next server when the first cannot be reached. */
class UnaryCaller {
  constructor(
    private readonly choice: ServerChoice,
    private readonly limits: { readonly holdMs: number; readonly answerMs: number },
    private readonly ports: { readonly clock: Clock; readonly random: Random; readonly logger: Logger },
  ) {}

  async ask<Response>(method: string, request: object, mode: 'repeatable' | 'once'): Promise<Response> {
    const { clock, random, logger } = this.ports;
    const deadlineMs = clock.monotonicMs() + this.limits.holdMs;
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.askOnce<Response>(method, request);
      } catch (error) {
        const again = mode === 'repeatable' && isUnreachable(error) && clock.monotonicMs() < deadlineMs;
        if (!again) throw error;
        logger.debug('state call failed, trying again', { method, error });
        await sleep(clock, Math.min(500, 25 * 2 ** attempt) * (0.5 + random.next()));
      }
    }
  }

  private async askOnce<Response>(method: string, request: object): Promise<Response> {
    const server = this.choice.get();
    if (!server) throw new RpcError(status.UNAVAILABLE, 'no server is known');
    this.choice.hold(server);
    try {
      const metadata: Metadata = server.metadata;
      const response = await callUnary<object, Response>(server.stub, method, request, this.limits.answerMs, metadata);
      this.choice.succeeded(server);
      return response;
    } catch (error) {
      if (isUnreachable(error)) this.choice.failed(server);
      throw error;
    } finally {
      this.choice.release(server);
    }
  }
}

function noServer(error: unknown): undefined {
  if (isUnreachable(error)) return undefined;
  throw error;
}

/** No answer came from the server itself: another one may do better. */
function isUnreachable(thrown: unknown): boolean {
  if (thrown instanceof RpcError) return thrown.detail.status === status.UNAVAILABLE;
  const { code } = thrown as Partial<ServiceError>;
  return code === status.UNAVAILABLE || code === status.DEADLINE_EXCEEDED || code === status.CANCELLED;
}
