import type { Disseminator } from './disseminator';
import type { Endpoint, IndirectPing } from './messages';
import type { Prober } from './prober';
import type { SwimContext } from './swim-context';

interface Relay {
  readonly request: IndirectPing;
  readonly replyTo: Endpoint;
}

/**
 * A nack must arrive before the probe that it belongs to is over: after 80 % of the time that is left for it (Lifeguard
 * §III.A says 80 % of the probe time-out). memberlist waits for all of it, and its nacks miss an unscaled probe by a hair.
 */
const NACK_SHARE = 0.8;

/** Pings on behalf of others (SWIM §3.1, Lifeguard's nacks): forwards the ack, or says that it heard nothing either. */
export class PingRelay {
  private readonly relays = new Map<number, Relay>();

  constructor(
    private readonly context: SwimContext,
    private readonly disseminator: Disseminator,
    private readonly prober: Prober,
  ) {}

  request(request: IndirectPing, from: Endpoint, nowMs: number): void {
    const { config, timers, outbox } = this.context;
    if (this.relays.size >= config.relaysMax) return outbox.fact({ kind: 'ignored', reason: 'relayLimit' });
    const seqNo = this.prober.nextSeqNo();
    this.relays.set(seqNo, { request, replyTo: request.source ?? from });
    this.disseminator.send(request.target, [{ kind: 'ping', seqNo, node: request.node, source: this.prober.self() }]);
    timers.schedule(`nack:${seqNo}`, nowMs + this.nackAfterMs(), () => this.nack(seqNo));
    timers.schedule(`relay:${seqNo}`, nowMs + config.probeTimeoutMs, () => this.relays.delete(seqNo));
  }

  acked(seqNo: number): void {
    const relay = this.relays.get(seqNo);
    if (!relay) return;
    this.relays.delete(seqNo);
    for (const timer of ['nack', 'relay']) this.context.timers.cancel(`${timer}:${seqNo}`);
    const ack = { kind: 'ack', seqNo: relay.request.seqNo, payload: new Uint8Array() } as const;
    this.disseminator.send(relay.replyTo, [ack]);
  }

  private nackAfterMs(): number {
    const { probeTimeoutMs, probeIntervalMs } = this.context.config;
    return NACK_SHARE * Math.min(probeTimeoutMs, probeIntervalMs - probeTimeoutMs);
  }

  /** An ack that comes yet is still passed on. */
  private nack(seqNo: number): void {
    const relay = this.relays.get(seqNo);
    if (relay?.request.nack) this.disseminator.send(relay.replyTo, [{ kind: 'nack', seqNo: relay.request.seqNo }]);
  }
}
