import type { KvAction, KvAnswer, KvOperation, KvRow } from '@tribune/simulator';
import { PATIENCE_MS } from '@tribune/testkit';
import { HttpClient, type Answer } from '../http';
import { askService, serviceRow, type Registering } from './service-rows';

/** A session that ends is no request on a key. */
type Asked = Exclude<KvAction, { kind: 'invalidate' }>;

/** Where a server's HTTP API is. */
export interface Door {
  readonly host: string;
  readonly ports: { readonly http: number };
}

/** Asks servers of rows, and writes down what it asked and what it was told. */
export class KvClient {
  private readonly doors: readonly HttpClient[];

  constructor(
    readonly id: number,
    servers: readonly Door[],
    private readonly history: KvOperation[],
    private readonly under: string,
  ) {
    // Longer than any pause of a server in these tests: what it answers afterwards must be judged.
    this.doors = servers.map(({ host, ports }) => new HttpClient(ports.http, PATIENCE_MS, host));
  }

  get size(): number {
    return this.doors.length;
  }

  /**
   * Undefined when nothing is known of the outcome. `along`: a check-and-set is one half of a transaction, whose other half
   * writes this key.
   */
  perform(server: number, key: string, action: Asked, along?: string): Promise<KvAnswer | undefined> {
    const door = this.doors[server]!;
    const ask = () => (along === undefined ? this.send(door, key, action) : this.transact(door, key, action, along));
    return this.noted(key, action, ask, kvRow);
  }

  /** The same of a service of this name. */
  register(server: number, service: string, action: Registering): Promise<KvAnswer | undefined> {
    const ask = () => askService(this.doors[server]!, this.under, service, action);
    return this.noted(service, action, ask, serviceRow);
  }

  private async noted<Json>(
    key: string,
    action: Asked,
    ask: () => Promise<Answer>,
    rowOf: (found: Json[]) => KvRow | undefined,
  ): Promise<KvAnswer | undefined> {
    const record = { key, action, client: this.id, calledAt: performance.now(), returnedAt: Infinity };
    const open: { -readonly [K in keyof KvOperation]: KvOperation[K] } = record;
    this.history.push(open);
    const answer = await ask().catch((error: NodeJS.ErrnoException) => error);
    const meaning = 'status' in answer ? meaningOf(answer, rowOf) : lossOf(answer);
    if (meaning === 'refused') this.history.splice(this.history.indexOf(open), 1);
    if (meaning === undefined || meaning === 'refused') return undefined;
    open.returnedAt = performance.now();
    open.answer = meaning;
    return meaning;
  }

  async createSession(): Promise<string> {
    // No checks: it outlives the server that it was made on.
    const body = JSON.stringify({ Checks: [], LockDelay: '0s' });
    const answer = await this.doors[0]!.decided('PUT', '/v1/session/create', body);
    if (answer.status !== 200) throw new Error(`no session: ${answer.status} ${answer.text}`);
    return (JSON.parse(answer.text) as { ID: string }).ID;
  }

  close(): void {
    for (const door of this.doors) door.close();
  }

  private async transact(door: HttpClient, key: string, action: Asked, along: string): Promise<Answer> {
    if (action.kind !== 'cas') throw new Error(`${action.kind} goes alone`);
    const cas = { Verb: 'cas', Key: `${this.under}/${key}`, Index: action.index, Value: base64(action.value) };
    const set = { Verb: 'set', Key: `${this.under}/${along}`, Value: base64(along) };
    const answer = await door.send('PUT', '/v1/txn', JSON.stringify([{ KV: set }, { KV: cas }]));
    // 409: rolled back. Told as a check-and-set alone is told.
    if (answer.status === 200) return { ...answer, text: 'true' };
    return answer.status === 409 ? { ...answer, status: 200, text: 'false' } : answer;
  }

  private send(door: HttpClient, key: string, action: Asked): Promise<Answer> {
    const path = `/v1/kv/${this.under}/${key}`;
    switch (action.kind) {
      case 'get':
        return door.send('GET', path);
      case 'put':
        return door.send('PUT', path, action.value);
      case 'cas':
        return door.send('PUT', `${path}?cas=${action.index}`, action.value);
      case 'delete':
        return door.send('DELETE', path);
      case 'delete-cas':
        return door.send('DELETE', `${path}?cas=${action.index}`);
      default:
        return door.send('PUT', `${path}?${action.kind}=${action.session}`, action.value);
    }
  }
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');

interface RowJson {
  readonly Value: string;
  readonly ModifyIndex: number;
  readonly LockIndex: number;
  readonly Session?: string;
}

/** Only a connection that never was has carried nothing. */
function lossOf({ code }: NodeJS.ErrnoException): 'refused' | undefined {
  return code === 'ECONNREFUSED' ? 'refused' : undefined;
}

/** `refused`: surely not done. Any other failure says nothing: the write may take effect yet. */
function meaningOf<Json>(
  { status, text }: Answer,
  rowOf: (found: Json[]) => KvRow | undefined,
): KvAnswer | 'refused' | undefined {
  if (status === 404) return { row: undefined };
  if (status === 429 || status === 503 || (status === 500 && text === 'No cluster leader')) return 'refused';
  if (status !== 200) return undefined;
  const body = JSON.parse(text) as boolean | Json[];
  return typeof body === 'boolean' ? { done: body } : { row: rowOf(body) };
}

function kvRow([row]: readonly RowJson[]): KvRow {
  const { Value, ModifyIndex, LockIndex, Session } = row!;
  const value = Buffer.from(Value, 'base64').toString();
  return { value, modifyIndex: ModifyIndex, lockIndex: LockIndex, session: Session ?? '' };
}
