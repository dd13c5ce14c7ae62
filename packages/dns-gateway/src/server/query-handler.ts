import { messageOf, type Clock, type Logger, type Random } from '@tribune/platform';
import type { AnswerCache } from '../cache/answer-cache';
import type { DnsMetrics } from '../metrics';
import { UDP_ANSWER_LIMIT_MAX, type DnsSettings } from '../options';
import type { ResolverContext } from '../resolvers/context';
import type { Forwarder, Transport } from '../resolvers/forward/forwarder';
import type { Resolution } from '../resolvers/resolution';
import { resolve } from '../resolvers/resolve';
import { encodeAnswer, type Answer, type AnswerSet } from '../wire/answer-set';
import { assemble, assembleRefusal, type ResponseLimits } from '../wire/assemble';
import { RCODE, rcodeName, TYPE, typeName } from '../wire/codes';
import { textOf } from '../wire/name';
import { parseQuery, questionName, type BadQuery, type Query } from '../wire/query';

export interface HandlerOptions {
  readonly snapshotWaitMs: number;
  readonly waitingMax: number;
}

export interface HandlerCollaborators {
  readonly context: () => ResolverContext;
  readonly cache: AnswerCache;
  readonly forwarder: Forwarder;
  readonly random: Random;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: DnsMetrics;
  readonly signal: AbortSignal;
}

/** What DNS can carry over TCP; over UDP also what one IPv4 datagram can. */
const TCP_BYTES_MAX = 65_535;
const UDP_BYTES_MAX = 65_535 - 68;
const UDP_BYTES_MIN = 512;

/** Types whose answers are kept: those that resolvers and programs really ask for. */
const KEPT_TYPES: ReadonlySet<number> = new Set([TYPE.A, TYPE.AAAA, TYPE.SRV, TYPE.TXT, TYPE.ANY, TYPE.MX, 65]);

/** From packet to packet. Answers at once from memory; what has to arrive first makes the query wait, not others. */
export class QueryHandler {
  private waiting = 0;

  constructor(
    private readonly options: HandlerOptions,
    private readonly collaborators: HandlerCollaborators,
  ) {}

  /** Never throws and never rejects; undefined means that silence is the right answer. */
  handle(packet: Buffer, transport: Transport): Buffer | undefined | Promise<Buffer | undefined> {
    try {
      const query = parseQuery(packet);
      if (query.kind === 'ignore') return this.ignore(query.reason);
      if (query.kind === 'bad') return this.refuse(query);
      const cached = this.collaborators.cache.get(this.cacheName(query), query.type);
      if (cached) return this.send(query, transport, cached.set, cached.reason);
      return this.answer(query, transport);
    } catch (thrown) {
      return this.bug(packet, thrown);
    }
  }

  /** Uncompressed answers repeat the asker's letter case in every record, so they are kept per spelling. */
  private cacheName(query: Query): string {
    const { disableCompression } = this.collaborators.context().settings;
    return disableCompression ? questionName(query).toString('latin1') : query.key;
  }

  private answer(query: Query, transport: Transport): Buffer | Promise<Buffer | undefined> {
    const resolution = this.resolve(query);
    if (resolution.kind === 'awaited' || resolution.kind === 'foreign')
      return this.answerLater(query, transport, resolution);
    return this.finish(query, transport, resolution);
  }

  private resolve(query: Query): Resolution {
    return resolve({ name: questionName(query), type: query.type }, this.collaborators.context());
  }

  private finish(
    query: Query,
    transport: Transport,
    resolution: Exclude<Resolution, { kind: 'awaited' | 'foreign' }>,
  ): Buffer {
    if (resolution.kind === 'failed') return this.empty(query, transport, RCODE.SERVFAIL, resolution.reason);
    const { settings } = this.collaborators.context();
    const set = encodeAnswer(questionName(query), resolution.answer, !settings.disableCompression);
    if (resolution.sources && KEPT_TYPES.has(query.type)) {
      const { sources, reason } = resolution;
      this.collaborators.cache.put(this.cacheName(query), query.type, { set, sources, reason });
    }
    return this.send(query, transport, set, resolution.reason);
  }

  private async answerLater(
    query: Query,
    transport: Transport,
    resolution: Extract<Resolution, { kind: 'awaited' | 'foreign' }>,
  ): Promise<Buffer | undefined> {
    const isRefused = resolution.kind === 'foreign' && this.collaborators.context().settings.recursors.length === 0;
    if (isRefused) return this.empty(query, transport, RCODE.REFUSED, 'not our domain, and no recursors', false);
    if (this.waiting >= this.options.waitingMax)
      return this.empty(query, transport, RCODE.SERVFAIL, 'too many queries wait');
    const { clock, metrics } = this.collaborators;
    const startedMs = clock.monotonicMs();
    this.waiting++;
    try {
      // The packet's memory is the socket's: what outlives this turn of the event loop takes a copy.
      return await this.awaitAnswer({ ...query, packet: Buffer.from(query.packet) }, transport, resolution);
    } catch (thrown) {
      return this.bug(query.packet, thrown);
    } finally {
      this.waiting--;
      metrics.waited((clock.monotonicMs() - startedMs) / 1000);
    }
  }

  /** Asks again after each arrival; a chain of aliases may need several. */
  private async awaitAnswer(query: Query, transport: Transport, first: Resolution): Promise<Buffer | undefined> {
    const deadlineMs = this.collaborators.clock.monotonicMs() + this.options.snapshotWaitMs;
    let resolution = first;
    while (resolution.kind === 'awaited') {
      const arrived = await this.before(deadlineMs, resolution.until);
      if (this.collaborators.signal.aborted) return undefined;
      if (!arrived) return this.empty(query, transport, RCODE.SERVFAIL, 'the catalog did not answer in time');
      resolution = this.resolve(query);
    }
    return resolution.kind === 'foreign' ? this.forward(query, transport) : this.finish(query, transport, resolution);
  }

  private before(deadlineMs: number, until: Promise<unknown>): Promise<boolean> {
    const { clock, signal } = this.collaborators;
    return new Promise((resolve) => {
      const timer = clock.setTimer(Math.max(0, deadlineMs - clock.monotonicMs()), () => settle(false));
      const abort = (): void => settle(false);
      signal.addEventListener('abort', abort, { once: true });
      function settle(arrived: boolean): void {
        timer.cancel();
        signal.removeEventListener('abort', abort);
        resolve(arrived);
      }
      void until.then(() => settle(true));
    });
  }

  private async forward(query: Query, transport: Transport): Promise<Buffer | undefined> {
    const { forwarder, signal, metrics } = this.collaborators;
    const answer = await forwarder.forward(query.packet, transport, signal);
    if (signal.aborted) return undefined;
    if (!answer) return this.empty(query, transport, RCODE.SERVFAIL, 'no recursor answered', false);
    metrics.answered(answer[3]! & 0xf, query.type);
    return answer;
  }

  /** An answer of a code and nothing else. */
  private empty(
    query: Query,
    transport: Transport,
    rcode: Answer['rcode'],
    reason: string,
    authoritative = true,
  ): Buffer {
    const answer: Answer = { rcode, groups: [], isPool: false, answersMax: 0, authority: [], additional: [] };
    const set = encodeAnswer(questionName(query), answer, true);
    return this.send(query, transport, set, reason, authoritative && rcode !== RCODE.SERVFAIL);
  }

  private send(
    query: Query,
    transport: Transport,
    set: AnswerSet,
    reason: string | undefined,
    authoritative = true,
  ): Buffer {
    const { random, metrics, clock } = this.collaborators;
    const { settings } = this.collaborators.context();
    const options = {
      recursionAvailable: settings.recursors.length > 0,
      truncate: settings.enableTruncate,
      authoritative,
    };
    const limits = limitsOf(query, transport, settings);
    const response = assemble(set, query, limits, options, random, Math.floor(clock.wallMs() / 1000));
    metrics.answered(set.rcode, query.type);
    if (this.logsQueries()) this.log(query, transport, set, reason);
    return response;
  }

  /** A line costs more than an answer. */
  private logsQueries(): boolean {
    const { logger } = this.collaborators;
    return logger.reaches === undefined || logger.reaches('debug');
  }

  private log(query: Query, transport: Transport, set: AnswerSet, reason: string | undefined): void {
    this.collaborators.logger.debug('query', {
      name: textOf(questionName(query)),
      type: typeName(query.type),
      transport,
      rcode: rcodeName(set.rcode),
      answers: set.groups.length,
      ...(reason === undefined ? {} : { reason }),
    });
  }

  private refuse(bad: BadQuery): Buffer {
    const { metrics, logger } = this.collaborators;
    metrics.answered(bad.rcode, 0);
    if (this.logsQueries()) logger.debug('bad query', { rcode: rcodeName(bad.rcode), reason: bad.reason });
    const recursionAvailable = this.collaborators.context().settings.recursors.length > 0;
    return assembleRefusal(bad, { recursionAvailable, truncate: false, authoritative: false });
  }

  private ignore(reason: string): undefined {
    this.collaborators.metrics.ignored(reason);
    return undefined;
  }

  /** A bug of ours must not silence the server: this one query fails, loudly. */
  private bug(packet: Buffer, thrown: unknown): Buffer {
    this.collaborators.metrics.handlerFailed();
    this.collaborators.logger.error('query failed', { error: messageOf(thrown) });
    const flags = packet.readUInt16BE(2);
    return assembleRefusal(
      { kind: 'bad', id: packet.readUInt16BE(0), flags, rcode: RCODE.SERVFAIL, reason: '' },
      { recursionAvailable: false, truncate: false, authoritative: false },
    );
  }
}

function limitsOf(query: Query, transport: Transport, settings: DnsSettings): ResponseLimits {
  if (transport === 'tcp') return { bytes: TCP_BYTES_MAX, pooledAnswers: Infinity };
  const bytes = Math.min(Math.max(query.edns?.udpSize ?? 0, UDP_BYTES_MIN), UDP_BYTES_MAX);
  const answers = Math.min(settings.udpAnswerLimit || UDP_ANSWER_LIMIT_MAX, UDP_ANSWER_LIMIT_MAX);
  return { bytes, pooledAnswers: bytes === UDP_BYTES_MIN ? answers : Infinity };
}
