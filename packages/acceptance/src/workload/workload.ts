import { checkKvLinearizability, type KvAction, type KvOperation, type KvVerdict } from '@tribune/simulator';
import { eventually } from '@tribune/testkit';
import { KvClient, type Door } from './kv-client';

const KEYS = 10;
const SERVICES = 3;
/** Of what is not appended, the share that registers, reads or deregisters a service. */
const REGISTRATIONS = 0.15;
const CLIENTS = 8;
/** Between the answers and the next question of one client, on average. */
const THINK_MS = 30;

/**
 * Eight users who write, read, exchange, delete and lock ten keys through all servers, in the default mode, and keep a
 * list of keys of their own that each must be there at the end once it was acknowledged. Half of the exchanges are
 * transactions that also write such a key; of one that was refused it must not be there. Beside that they register,
 * read and deregister three services, whose histories are judged as those of keys.
 */
export class Workload {
  readonly history: KvOperation[] = [];
  readonly acknowledged = new Set<string>();
  private readonly refused = new Set<string>();
  private readonly clients: readonly KvClient[];
  private readonly name = `w${Math.random().toString(36).slice(2, 8)}`;
  private values = 0;
  private running = false;
  private workers: Promise<void>[] = [];

  constructor(
    servers: readonly Door[],
    private readonly thinkMs = THINK_MS,
  ) {
    this.clients = Array.from({ length: CLIENTS }, (_, id) => new KvClient(id, servers, this.history, this.name));
  }

  async start(): Promise<this> {
    const sessions = await Promise.all(this.clients.map((client) => client.createSession()));
    this.running = true;
    this.workers = this.clients.map((client, i) => this.work(client, sessions[i]!));
    return this;
  }

  async stop(): Promise<void> {
    this.running = false;
    await Promise.all(this.workers);
  }

  /** All is healed: what is read now everywhere must agree with all that was ever answered. `linearizable`, or what is wrong. */
  async judge(): Promise<string> {
    const reader = this.clients[0]!;
    for (let server = 0; server < reader.size; server++) {
      // Nothing is broken any more, but a busy machine may elect at any moment.
      const answers = (read: () => Promise<unknown>): Promise<unknown> => eventually(`server ${server} answers`, read);
      for (let key = 0; key < KEYS; key++) await answers(() => reader.perform(server, `k${key}`, { kind: 'get' }));
      for (let i = 0; i < SERVICES; i++) await answers(() => reader.register(server, `s${i}`, { kind: 'get' }));
    }
    const verdict = checkKvLinearizability(this.history);
    return verdict.kind === 'linearizable' ? verdict.kind : explain(verdict, this.history);
  }

  /** Acknowledged keys that `door` does not have, and keys of refused transactions that it has. */
  async missing(door: { json<T>(path: string): Promise<T> }): Promise<string[]> {
    const all = await door.json<string[]>(`/v1/kv/${this.name}/own/?keys&consistent`);
    const there = new Set(all.map((key) => key.slice(this.name.length + 1)));
    const halves = [...this.refused]
      .filter((key) => there.has(key))
      .map((key) => `${key}, which was refused, is there`);
    return [...[...this.acknowledged].filter((key) => !there.has(key)), ...halves];
  }

  /** How many writes were acknowledged so far. */
  get writes(): number {
    return this.history.filter(({ answer }) => answer && 'done' in answer && answer.done).length;
  }

  close(): void {
    for (const client of this.clients) client.close();
  }

  private async work(client: KvClient, session: string): Promise<void> {
    const seen = new Map<string, number>();
    while (this.running) {
      const server = Math.floor(Math.random() * client.size);
      if (Math.random() < 0.15) await this.append(client, server);
      else if (Math.random() < REGISTRATIONS) await this.register(client, server);
      else await this.touch(client, server, session, seen);
      await new Promise((resolve) => setTimeout(resolve, Math.random() * this.thinkMs * 2));
    }
  }

  private async append(client: KvClient, server: number): Promise<void> {
    const key = `own/${this.values++}`;
    const answer = await client.perform(server, key, { kind: 'put', value: key });
    if (answer && 'done' in answer && answer.done) this.acknowledged.add(key);
  }

  private async register(client: KvClient, server: number): Promise<void> {
    const pick = Math.random();
    const action = pick < 0.5 ? get : pick < 0.85 ? ({ kind: 'put', value: `${this.values++}` } as const) : remove;
    await client.register(server, `s${Math.floor(Math.random() * SERVICES)}`, action);
  }

  private async touch(client: KvClient, server: number, session: string, seen: Map<string, number>): Promise<void> {
    const key = `k${Math.floor(Math.random() * KEYS)}`;
    const action = someAction(`${this.values++}`, session, seen.get(key));
    const along = action.kind === 'cas' && Math.random() < 0.5 ? `own/${this.values++}` : undefined;
    const answer = await client.perform(server, key, action, along);
    if (along && answer && 'done' in answer) (answer.done ? this.acknowledged : this.refused).add(along);
    if (answer && 'row' in answer) seen.set(key, answer.row?.modifyIndex ?? 0);
  }
}

const get = { kind: 'get' } as const;
const remove = { kind: 'delete' } as const;

/** The end of the longest order that was found, and the earliest operations that do not fit behind it. */
function explain(verdict: Exclude<KvVerdict, { kind: 'linearizable' }>, history: readonly KvOperation[]): string {
  const { kind, key } = verdict;
  if (kind === 'undecided') return `undecided: ${key}, ${history.filter((each) => each.key === key).length} operations`;
  const placed = new Set(verdict.prefix);
  const rest = history.filter((each) => each.key === key && !placed.has(each));
  const lines = (operations: readonly KvOperation[]): string =>
    operations.map((each) => JSON.stringify(each)).join('\n');
  return `${key}: ${verdict.reason}\n${lines(verdict.prefix.slice(-8))}\n-- cannot go on with\n${lines(rest.slice(0, 8))}`;
}

/** What is done on an index that was read before must be right, however old it is. */
function someAction(
  value: string,
  session: string,
  index: number | undefined,
): Exclude<KvAction, { kind: 'invalidate' }> {
  const pick = Math.random();
  if (pick < 0.45 || (pick >= 0.6 && pick < 0.8 && index === undefined)) return { kind: 'get' };
  if (pick < 0.6) return { kind: 'put', value };
  if (pick < 0.77) return { kind: 'cas', index: index!, value };
  if (pick < 0.8) return index! > 0 ? { kind: 'delete-cas', index: index! } : { kind: 'get' };
  if (pick < 0.83) return { kind: 'delete' };
  return { kind: pick < 0.93 ? 'acquire' : 'release', session, value };
}
