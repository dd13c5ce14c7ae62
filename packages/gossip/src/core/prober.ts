import type { Disseminator } from './disseminator';
import { isGone, type MemberRecord } from './member-table';
import type { MembershipRules } from './membership-rules';
import type { Message, Ping, Source } from './messages';
import type { SwimContext } from './swim-context';

/** First protocols with stream pings and with nacks. */
const STREAM_PING_PROTOCOL = 3;
const NACK_PROTOCOL = 4;

/**
 * Of the time for helpers, how much they keep once the target's host has refused a stream: there is no such process any more
 * (one that merely does not run is not refused), and who could reach it would have answered within a round trip or two.
 */
const REFUSED_SHARE = 0.2;

/** What became of a ping over a stream; `refused`: by the host itself, nobody listens there. */
export type StreamPingOutcome = 'reached' | 'refused' | 'silent';

interface Probe {
  readonly target: MemberRecord;
  readonly ping: Ping;
  readonly sentAtMs: number;
  endsAtMs: number;
  /** Of all the ms in which we ever stood still, those that are accounted for in `endsAtMs`. */
  stillMs: number;
  putOffMs: number;
  phase: 'direct' | 'indirect';
  nacksExpected: number;
  nacks: number;
  stream: StreamPingOutcome;
}

/**
 * One member per interval is probed (SWIM §3.1): directly, and when it stays silent for the probe time-out through
 * `indirectChecks` helpers and over a stream at the same time. Silence to the end of the (health-scaled) interval
 * makes it a suspect and, as far as helpers did not nack either, makes us doubt ourselves (Lifeguard, LHA-Probe).
 */
export class Prober {
  private current: Probe | undefined;
  private hasMissedTurn = false;
  private lastSeqNo = 0;

  constructor(
    private readonly context: SwimContext,
    private readonly disseminator: Disseminator,
    private readonly rules: MembershipRules,
  ) {}

  start(nowMs: number): void {
    this.scheduleTurn(nowMs + this.context.random.next() * this.context.config.probeIntervalMs);
  }

  nextSeqNo(): number {
    this.lastSeqNo = (this.lastSeqNo + 1) >>> 0;
    return this.lastSeqNo;
  }

  self(): Source {
    const { name, host, port } = this.context.config;
    return { name, host, port };
  }

  /** False when the ack belongs to no probe of ours. */
  acked(seqNo: number, payload: Uint8Array, nowMs: number): boolean {
    const probe = this.current;
    if (probe?.ping.seqNo !== seqNo) return false;
    if (probe.phase === 'direct') {
      const rttMs = nowMs - probe.sentAtMs;
      this.context.outbox.fact({ kind: 'probed', node: probe.target.name, rttMs, payload });
    }
    this.conclude(-1, nowMs);
    return true;
  }

  nacked(seqNo: number): void {
    if (this.current?.ping.seqNo === seqNo) this.current.nacks += 1;
  }

  /** A success is remembered only: packets get until the end of the probe, so that we notice when a stream is all that works. */
  streamPingDone(seqNo: number, outcome: StreamPingOutcome, nowMs: number): void {
    const { config, hearing } = this.context;
    const probe = this.current;
    if (probe?.ping.seqNo !== seqNo) return;
    probe.stream = outcome;
    if (outcome !== 'refused') return;
    hearing.heard(nowMs);
    const soonMs = nowMs + REFUSED_SHARE * (config.probeIntervalMs - config.probeTimeoutMs);
    this.endAt(probe, Math.min(probe.endsAtMs, soonMs));
  }

  private scheduleTurn(atMs: number): void {
    this.context.timers.schedule('probe', atMs, (nowMs) => {
      const { probeIntervalMs } = this.context.config;
      const behind = Math.max(0, Math.floor((nowMs - atMs) / probeIntervalMs));
      this.scheduleTurn(atMs + (behind + 1) * probeIntervalMs);
      if (this.current) this.hasMissedTurn = true;
      else this.begin(nowMs);
    });
  }

  private begin(nowMs: number): void {
    const { table, random, config, awareness, timers, hearing } = this.context;
    const target = table.nextToProbe(
      random,
      (record) => record.name !== config.name && !isGone(record),
      (record) => isGone(record) && nowMs - record.changedAtMs > config.gossipToTheDeadMs,
    );
    if (!target) return;
    const ping: Ping = { kind: 'ping', seqNo: this.nextSeqNo(), node: target.name, source: this.self() };
    const endsAtMs = nowMs + awareness.scale(config.probeIntervalMs);
    this.current = {
      target,
      ping,
      sentAtMs: nowMs,
      endsAtMs,
      stillMs: hearing.totalStillMs,
      putOffMs: 0,
      phase: 'direct',
      nacksExpected: 0,
      nacks: 0,
      stream: 'silent',
    };
    this.sendPing(target, ping);
    timers.schedule('probe-timeout', nowMs + config.probeTimeoutMs, (atMs) => this.goIndirect(atMs));
  }

  // Lifeguard's buddy system: the ping itself tells a suspect, so that it can refute at once.
  private sendPing(target: MemberRecord, ping: Ping): void {
    if (target.state === 'alive' || !this.context.config.buddySystem) {
      return this.disseminator.send(target, [ping], target);
    }
    const { name: node, incarnation } = target;
    const suspicion: Message = { kind: 'suspect', node, incarnation, from: this.context.config.name };
    this.disseminator.sendAlone(target, [ping, suspicion], target);
  }

  private goIndirect(nowMs: number): void {
    const probe = this.current;
    if (!probe) return;
    const { table, random, config, outbox, hearing } = this.context;
    // When we are late, the fault is ours: helpers and the stream still get the time that is theirs.
    if (config.patientProbes)
      probe.endsAtMs = Math.max(probe.endsAtMs, nowMs + config.probeIntervalMs - config.probeTimeoutMs);
    probe.stillMs = hearing.totalStillMs;
    this.endAt(probe, probe.endsAtMs);
    const { target, ping } = probe;
    probe.phase = 'indirect';
    const helpers = table.randomMembers(
      config.indirectChecks,
      random,
      (record) => record.state === 'alive' && record.name !== config.name && record.name !== target.name,
    );
    for (const helper of helpers) {
      const nack = (helper.versions[1] ?? 0) >= NACK_PROTOCOL;
      if (nack) probe.nacksExpected += 1;
      const { host, port, name: node } = target;
      const request: Message = {
        kind: 'indirectPing',
        seqNo: ping.seqNo,
        target: { host, port },
        node,
        nack,
        source: this.self(),
      };
      this.disseminator.send(helper, [request], helper);
    }
    if (config.tcpPings && (target.versions[1] ?? 0) >= STREAM_PING_PROTOCOL) {
      outbox.streamPing({ to: { host: target.host, port: target.port }, ping, deadlineMs: probe.endsAtMs });
    }
  }

  private end(nowMs: number): void {
    const probe = this.current;
    if (!probe) return;
    const putOffMs = this.owedMs(probe);
    if (putOffMs <= 0) return this.fail(probe, nowMs);
    probe.stillMs = this.context.hearing.totalStillMs;
    probe.putOffMs += putOffMs;
    this.endAt(probe, nowMs + putOffMs);
  }

  private endAt(probe: Probe, atMs: number): void {
    probe.endsAtMs = atMs;
    this.context.timers.schedule('probe-end', atMs, (endMs) => this.end(endMs));
  }

  /**
   * While we did not run nobody's answer could arrive, and on a starved machine helpers and target did not run either: they
   * get that time again, up to what a probe by the least healthy would have given them.
   */
  private owedMs({ stillMs, putOffMs }: Probe): number {
    const { patientProbes, probeIntervalMs, probeTimeoutMs, awarenessMax } = this.context.config;
    if (!patientProbes) return 0;
    const forHelpersMs = probeIntervalMs - probeTimeoutMs;
    const stoodStillMs = this.context.hearing.totalStillMs - stillMs;
    return Math.min(stoodStillMs, forHelpersMs, awarenessMax * forHelpersMs - putOffMs);
  }

  private fail(probe: Probe, nowMs: number): void {
    const { outbox, config, hearing } = this.context;
    const { name: node, incarnation } = probe.target;
    if (probe.stream === 'reached') {
      hearing.heard(nowMs);
      this.letObject(node);
      outbox.fact({ kind: 'reachedOverTcpOnly', node });
      return this.conclude(-1, nowMs);
    }
    // With nacks we know whether the helpers heard us: each one missing is a hint that the fault is ours.
    // A refusal says that it is not.
    const missing = probe.nacksExpected > 0 ? Math.max(0, probe.nacksExpected - probe.nacks) : 1;
    const delta = probe.stream === 'refused' ? 0 : missing;
    outbox.fact({ kind: 'probeFailed', node });
    // Not even a helper answered, nor did anybody else say anything: that says nothing about the target.
    if (!hearing.isSilentSince(probe.sentAtMs, nowMs, this.rules.longestSuspicionMs())) {
      this.rules.suspect({ kind: 'suspect', node, incarnation, from: config.name }, nowMs);
    }
    this.conclude(delta, nowMs);
  }

  // Where no packet gets through, neither do our suspicion and its objection: they go over a stream as well.
  private letObject(node: string): void {
    const target = this.context.table.get(node);
    if (target?.state !== 'suspect') return;
    this.context.outbox.pushPull({ to: { host: target.host, port: target.port }, node });
  }

  private conclude(healthDelta: number, nowMs: number): void {
    this.context.awareness.apply(healthDelta);
    this.context.timers.cancel('probe-timeout');
    this.context.timers.cancel('probe-end');
    this.current = undefined;
    if (!this.hasMissedTurn) return;
    this.hasMissedTurn = false;
    this.begin(nowMs);
  }
}
