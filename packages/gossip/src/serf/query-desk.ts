import type { Random } from '@tribune/platform';
import type { Endpoint } from '../core/messages';
import type { TimerQueue } from '../core/timer-queue';
import { answerKeyQuery, fittingAnswer, type KeyStore } from './key-operations';
import { LamportClock } from './lamport-clock';
import type { MemberBook } from './member-book';
import { CONFLICT_QUERY, ConflictVote, decodeConflictAnswer, encodeConflictAnswer } from './name-conflict';
import { QueryLedger, type QueryListener } from './query-ledger';
import { encodeSerf } from './serf-codec';
import type { SerfConfig } from './serf-config';
import type { QueryFilter, QueryMessage, QueryResponse } from './serf-messages';

/** Queries with this prefix are serf's own; users never see them. */
const INTERNAL_PREFIX = '_serf_';
/** First serf protocol that understands relayed responses. */
const RELAY_PROTOCOL = 5;
const ID_LIMIT = 2 ** 31;
const DAY_MS = 86_400_000;

export interface QueryOptions {
  readonly name: string;
  readonly payload: Uint8Array;
  readonly filters?: readonly QueryFilter[];
  readonly wantsAck?: boolean;
  /** Copies of each answer that come another way, against packet loss. */
  readonly relayFactor?: number;
  /** Default: gossip interval × queryTimeoutMult × ceil(log10(n + 1)). */
  readonly timeoutMs?: number;
}

interface Collaborators {
  readonly book: MemberBook;
  readonly timers: TimerQueue;
  readonly random: Random;
  readonly keys: KeyStore | undefined;
  readonly matches: (expression: string, text: string) => boolean;
  /** A query of users that is meant for us: acknowledged, and to be answered with `answer` by whoever can. */
  readonly asked: (query: QueryMessage) => void;
  readonly send: (to: Endpoint, body: Uint8Array) => void;
  readonly broadcast: (body: Uint8Array) => void;
}

/** Asks the pool and answers what the pool asks. */
export class QueryDesk {
  readonly clock = new LamportClock();
  private readonly ledger: QueryLedger;
  private queriesFrom = 0;

  constructor(
    private readonly config: SerfConfig,
    private readonly collaborators: Collaborators,
  ) {
    this.ledger = new QueryLedger(config.queryBuffer, collaborators.timers);
  }

  ignoreBefore(ltime: number): void {
    this.queriesFrom = Math.max(this.queriesFrom, ltime);
  }

  defaultTimeoutMs(): number {
    const scale = Math.ceil(Math.log10(this.collaborators.book.size + 1));
    return this.config.gossipIntervalMs * this.config.queryTimeoutMult * Math.max(1, scale);
  }

  /** Returns why the query was not sent. */
  ask(self: Endpoint, options: QueryOptions, nowMs: number, listener: QueryListener): string | undefined {
    if (this.ledger.openCount >= this.config.openQueriesMax) return 'too many queries are open';
    const query: QueryMessage = {
      kind: 'query',
      ltime: this.clock.time,
      id: this.collaborators.random.integer(ID_LIMIT),
      source: { host: self.host, port: self.port, name: this.config.name },
      filters: options.filters ?? [],
      wantsAck: options.wantsAck ?? false,
      noBroadcast: false,
      relayFactor: options.relayFactor ?? 0,
      timeoutMs: options.timeoutMs ?? this.defaultTimeoutMs(),
      name: options.name,
      payload: options.payload,
    };
    const body = encodeSerf(query);
    if (body.length > this.config.queryBytesMax) return `query exceeds limit of ${this.config.queryBytesMax} bytes`;
    this.ledger.ask(query, nowMs + query.timeoutMs, listener);
    this.hear(query);
    this.collaborators.broadcast(body);
    return undefined;
  }

  answered(response: QueryResponse): void {
    this.ledger.answered(response);
  }

  /** True when the query should be passed on. */
  hear(query: QueryMessage): boolean {
    this.clock.witness(query.ltime);
    if (query.ltime < this.queriesFrom || query.timeoutMs > DAY_MS) return false;
    if (!this.ledger.admit(query, this.clock.time)) return false;
    if (this.isMeant(query)) this.serve(query);
    return !query.noBroadcast;
  }

  /** Asks everybody where our name lives; `lost` when most of them name another address. */
  resolveConflict(self: Endpoint, nowMs: number, lost: () => void): void {
    const vote = new ConflictVote(self);
    const payload = Buffer.from(this.config.name);
    this.ask(self, { name: CONFLICT_QUERY, payload }, nowMs, {
      responded: (_from, answer) => {
        const believed = decodeConflictAnswer(answer);
        if (believed) vote.add(believed);
      },
      closed: () => {
        if (!vote.isWon) lost();
      },
    });
  }

  private isMeant({ filters }: QueryMessage): boolean {
    if (!filters) return false;
    const { book, matches } = this.collaborators;
    const tags = book.get(this.config.name)?.tags ?? {};
    return filters.every((filter) =>
      filter.kind === 'nodes'
        ? filter.nodes.includes(this.config.name)
        : matches(filter.expression, tags[filter.tag] ?? ''),
    );
  }

  /** Why the answer was not sent: it must fit into what serf lets a response be. */
  answer(query: QueryMessage, payload: Uint8Array): string | undefined {
    if (!this.fits(query, payload)) return `response exceeds limit of ${this.config.queryResponseBytesMax} bytes`;
    this.respond(query, false, payload);
    return undefined;
  }

  private serve(query: QueryMessage): void {
    if (query.wantsAck) this.respond(query, true, new Uint8Array());
    if (!query.name.startsWith(INTERNAL_PREFIX)) return this.collaborators.asked(query);
    const payload = this.internalAnswer(query);
    if (payload) this.respond(query, false, payload);
  }

  private internalAnswer(query: QueryMessage): Uint8Array | undefined {
    if (query.name === CONFLICT_QUERY) {
      const name = Buffer.from(query.payload).toString('utf8');
      return name === this.config.name ? undefined : encodeConflictAnswer(this.collaborators.book.get(name));
    }
    const answer = answerKeyQuery(query.name, query.payload, this.collaborators.keys);
    return answer && fittingAnswer(answer, (encoded) => this.fits(query, encoded));
  }

  private fits(query: QueryMessage, payload: Uint8Array): boolean {
    return encodeSerf(this.response(query, false, payload)).length <= this.config.queryResponseBytesMax;
  }

  private response({ ltime, id }: QueryMessage, isAck: boolean, payload: Uint8Array): QueryResponse {
    return { kind: 'queryResponse', ltime, id, from: this.config.name, isAck, payload };
  }

  private respond(query: QueryMessage, isAck: boolean, payload: Uint8Array): void {
    const response = this.response(query, isAck, payload);
    if (query.source.name === this.config.name) return this.answered(response);
    const body = encodeSerf(response);
    if (body.length > this.config.queryResponseBytesMax) return;
    this.collaborators.send(query.source, body);
    this.relay(query, body);
  }

  private relay({ relayFactor, source }: QueryMessage, response: Uint8Array): void {
    const { book, random, send } = this.collaborators;
    if (relayFactor === 0 || book.size < relayFactor + 1) return;
    const body = encodeSerf({ kind: 'relay', to: source, name: source.name, body: response });
    if (body.length > this.config.queryResponseBytesMax) return;
    const helpers = book
      .all()
      .filter(
        ({ name, status, delegateMax }) =>
          status === 'alive' && delegateMax >= RELAY_PROTOCOL && name !== this.config.name,
      );
    for (let i = 0; i < relayFactor && helpers.length > 0; i++) {
      const [helper] = helpers.splice(random.integer(helpers.length), 1);
      send({ host: helper!.address, port: helper!.port }, body);
    }
  }
}
