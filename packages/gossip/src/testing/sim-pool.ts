import { seededRandom, type Random } from '@tribune/platform';
import { EventHeap } from '@tribune/testkit';
import { lanDefaults, type Profile } from '../config/profiles';
import { MemberTable, type MemberRecord } from '../core/member-table';
import type { Endpoint, Message } from '../core/messages';
import type { Fact, Packet, Ready } from '../core/ready';
import type { StreamPingOutcome } from '../core/prober';
import { Swim } from '../core/swim';
import type { SwimDelegate } from '../core/swim-context';
import { measureMessage } from '../transport/codec/message-codec';
import { StallingTimers } from './stalling-timers';

export interface SimPoolOptions {
  readonly seed: number;
  readonly knobs?: Partial<Profile>;
  /** One-way, in ms. */
  readonly latencyMs?: readonly [least: number, most: number];
  /** Share of packets that get lost; streams never do. */
  readonly loss?: number;
  readonly delegate?: (name: string) => SwimDelegate;
  readonly measure?: (message: Message) => number;
}

export interface SimFact {
  readonly atMs: number;
  readonly node: string;
  readonly fact: Fact;
}

/** What happens to traffic from one node to another. */
export interface Link {
  readonly packets: boolean;
  readonly streams: boolean;
}

const OPEN: Link = { packets: true, streams: true };
const VERSIONS = [1, 5, 2, 2, 5, 4];
const PORT = 8301;
/** Packets that wait in the socket of a member that is blocked. */
const SOCKET_BACKLOG_MAX = 1024;

const NO_DELEGATE: SwimDelegate = {
  ackPayload: () => new Uint8Array(),
  takeBroadcasts: () => [],
  hasBroadcasts: () => false,
  admit: () => undefined,
};

export class SimNode {
  isUp = true;
  packetsSent = 0;
  bytesSent = 0;
  packetsReceived = 0;
  /** Set while all its traffic is held back. */
  held: (() => void)[] | undefined;
  /** Its clock events wait as well: the whole process does not run. */
  isPaused = false;
  /** Set while its sends block, each holding up the loop that sends. */
  isBlocked = false;
  tickAtMs = Infinity;

  constructor(
    readonly name: string,
    readonly endpoint: Endpoint,
    readonly swim: Swim,
    readonly timers: StallingTimers,
  ) {}
}

/** A pool in virtual time: the production core over a network that can delay, lose, cut and hold back traffic. */
export class SimPool {
  readonly heap = new EventHeap();
  readonly nodes = new Map<string, SimNode>();
  readonly random: Random;
  /** Sees every fact. */
  observe: (fact: SimFact) => void = () => undefined;
  /** Sees every packet that arrives. */
  tap: (from: string, to: string, messages: readonly Message[]) => void = () => undefined;
  link: (from: string, to: string) => Link = () => OPEN;
  private readonly byHost = new Map<string, SimNode>();
  private readonly refusing = new Set<string>();
  private readonly latencyMs: readonly [number, number];

  constructor(private readonly options: SimPoolOptions) {
    this.random = seededRandom(options.seed);
    this.latencyMs = options.latencyMs ?? [0.2, 0.8];
  }

  get nowMs(): number {
    return this.heap.nowMs;
  }

  node(name: string): SimNode {
    const node = this.nodes.get(name);
    if (!node) throw new Error(`no node ${name}`);
    return node;
  }

  /** Adds a node that knows nobody, at an address of its own or a given one. */
  add(name: string, host = hostOf(this.byHost.size + 1), meta = ''): SimNode {
    return this.place(name, host, new MemberTable(), Buffer.from(meta));
  }

  /** Adds many nodes that all know each other already. */
  addConverged(count: number): void {
    const records = Array.from({ length: count }, (_, i): MemberRecord => {
      const base = { name: `n${i}`, host: hostOf(i + 1), port: PORT, meta: new Uint8Array(), versions: VERSIONS };
      return { ...base, incarnation: 1, state: 'alive', changedAtMs: 0 };
    });
    const table = new MemberTable();
    for (const record of records) table.add(record, this.random);
    for (const { name, host } of records) this.place(name, host, table.share(this.random), new Uint8Array());
  }

  run(ms: number): void {
    this.heap.runUntil(this.nowMs + ms);
  }

  /** State exchange, as a join does it. */
  join(from: string, to: string): void {
    this.exchange(this.node(from), this.node(to).endpoint);
  }

  /** The process is gone, its machine is there: streams to it are refused. */
  crash(name: string): void {
    this.refusing.add(this.node(name).endpoint.host);
    this.kill(name);
  }

  /** The machine is gone: nothing comes from it or reaches it any more. */
  kill(name: string): void {
    const node = this.node(name);
    node.isUp = false;
    this.nodes.delete(name);
    this.byHost.delete(node.endpoint.host);
  }

  leave(name: string): void {
    const node = this.node(name);
    node.swim.leave(this.nowMs);
    this.flush(node);
  }

  setMeta(name: string, meta: string): void {
    const node = this.node(name);
    node.swim.updateMeta(Buffer.from(meta), this.nowMs);
    this.flush(node);
  }

  /** Holds back all traffic of a node, in and out, as if its process did not get to run its sockets. */
  hold(name: string): void {
    this.node(name).held ??= [];
  }

  /** The process does not run at all: its timers wait as well, its socket fills up. */
  pause(name: string): void {
    this.hold(name);
    this.node(name).isPaused = true;
  }

  /**
   * Traffic waits as in `hold`, and so does every loop that tries to send: what happens to a process whose threads each
   * block in their sends. Countdowns go on.
   */
  block(name: string): void {
    this.hold(name);
    this.node(name).isBlocked = true;
  }

  /** Ends `hold`, `pause` and `block`. As in the shell, what waits in the socket is read before late timers run. */
  release(name: string): void {
    const node = this.node(name);
    const held = node.held ?? [];
    node.held = undefined;
    for (const go of held) go();
    if (!node.isPaused && !node.isBlocked) return;
    const { isPaused } = node;
    node.isPaused = false;
    node.isBlocked = false;
    node.tickAtMs = Infinity;
    if (isPaused) node.swim.tick(this.nowMs);
    else node.timers.resume(this.nowMs);
    this.flush(node);
  }

  /** Injects a message as if it had arrived. */
  deliver(to: string, message: Message, from: Endpoint = { host: '10.255.0.1', port: PORT }): void {
    const node = this.node(to);
    node.swim.step(message, from, this.nowMs);
    this.flush(node);
  }

  private place(name: string, host: string, table: MemberTable, meta: Uint8Array): SimNode {
    const { knobs, delegate, measure = measureMessage } = this.options;
    const config = { ...lanDefaults, ...knobs, name, host, port: PORT, versions: VERSIONS };
    const limits = { packetOverheadBytes: 5, broadcastQueueMax: 8192, relaysMax: 4096, membersMax: 65_536 };
    const random = seededRandom(this.random.integer(2 ** 31));
    const timers: StallingTimers = new StallingTimers(() => node.isBlocked && hasTraffic(node.swim.ready()));
    const swim = new Swim(
      { ...config, ...limits },
      { random, measure, delegate: delegate?.(name) ?? NO_DELEGATE },
      table,
      timers,
    );
    const node = new SimNode(name, { host, port: PORT }, swim, timers);
    this.nodes.set(name, node);
    this.byHost.set(host, node);
    swim.start(meta, this.nowMs);
    this.flush(node);
    return node;
  }

  private flush(node: SimNode): void {
    for (let ready = node.swim.ready(); ready; ready = node.swim.ready()) {
      for (const packet of ready.packets) this.send(node, packet);
      for (const { to, ping, deadlineMs } of ready.streamPings) {
        const answer = this.streamPing(node, to);
        if (answer !== undefined && answer <= deadlineMs) this.tellOfStream(node, ping.seqNo, 'reached', answer);
        else if (this.refusing.has(to.host) && !node.held)
          this.tellOfStream(node, ping.seqNo, 'refused', this.nowMs + 2 * this.latency());
      }
      for (const { to } of ready.pushPulls) this.exchange(node, to);
      for (const fact of ready.facts) this.observe({ atMs: this.nowMs, node: node.name, fact });
      node.swim.advance(ready);
    }
    this.schedule(node);
  }

  private tellOfStream(node: SimNode, seqNo: number, outcome: StreamPingOutcome, atMs: number): void {
    this.heap.at(atMs, () => {
      if (!node.isUp) return;
      node.swim.streamPingDone(seqNo, outcome, this.nowMs);
      this.flush(node);
    });
  }

  private schedule(node: SimNode): void {
    const atMs = node.swim.nextTickAtMs();
    if (atMs >= node.tickAtMs) return;
    node.tickAtMs = atMs;
    this.heap.at(atMs, () => {
      if (!node.isUp || node.isPaused || node.tickAtMs !== atMs) return;
      node.tickAtMs = Infinity;
      node.swim.tick(this.nowMs);
      this.flush(node);
    });
  }

  private send(from: SimNode, packet: Packet): void {
    from.packetsSent += 1;
    if (this.options.measure === undefined) from.bytesSent += packetBytes(packet);
    this.passing(from, () => {
      if (this.random.next() < (this.options.loss ?? 0)) return;
      this.heap.at(this.nowMs + this.latency(), () => this.arrive(from, packet));
    });
  }

  private arrive(from: SimNode, { to, messages }: Packet): void {
    const target = this.byHost.get(to.host);
    if (!target || !this.link(from.name, target.name).packets) return;
    this.passing(target, () => {
      target.packetsReceived += 1;
      this.tap(from.name, target.name, messages);
      for (const message of messages) target.swim.step(message, from.endpoint, this.nowMs);
      this.flush(target);
    });
  }

  /** Runs `go` now, or when the node's traffic is no longer held back. */
  private passing(node: SimNode, go: () => void): void {
    if (!node.isUp) return;
    if (!node.held) return go();
    if (node.held.length < SOCKET_BACKLOG_MAX) node.held.push(go);
  }

  /** When the answer would arrive; undefined: never. */
  private streamPing(from: SimNode, to: Endpoint): number | undefined {
    const target = this.byHost.get(to.host);
    const isReachable =
      target && this.link(from.name, target.name).streams && this.link(target.name, from.name).streams;
    return isReachable && !target.held && !from.held ? this.nowMs + 4 * this.latency() : undefined;
  }

  private exchange(from: SimNode, to: Endpoint): void {
    const target = this.byHost.get(to.host);
    if (!target || this.streamPing(from, to) === undefined) return;
    const ours = from.swim.states();
    const theirs = target.swim.states();
    this.heap.at(this.nowMs + 2 * this.latency(), () => this.merge(target, ours));
    this.heap.at(this.nowMs + 4 * this.latency(), () => this.merge(from, theirs));
  }

  private merge(node: SimNode, states: ReturnType<Swim['states']>): void {
    if (!node.isUp) return;
    node.swim.merge(states, this.nowMs);
    this.flush(node);
  }

  private latency(): number {
    const [least, most] = this.latencyMs;
    return least + this.random.next() * (most - least);
  }
}

const hostOf = (number: number): string => `10.${(number >> 16) & 0xff}.${(number >> 8) & 0xff}.${number & 0xff}`;

const hasTraffic = (ready: Ready | undefined): boolean =>
  ready !== undefined && ready.packets.length + ready.pushPulls.length > 0;

/** UDP payload of a packet: compound header and entries, checksum. */
function packetBytes({ messages }: Packet): number {
  const body = messages.reduce((sum, message) => sum + measureMessage(message), 0);
  return body + (messages.length > 1 ? 2 + 2 * messages.length : 0) + 5;
}
