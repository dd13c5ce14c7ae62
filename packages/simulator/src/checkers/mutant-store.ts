import type { Random } from '@tribune/platform';
import type { KvAction, KvAnswer, KvOperation, KvRow } from './kv-history';

/** Bugs that replicated stores have had; the last word on each is what its clients see. */
export const MUTANTS = [
  'stale leader read',
  'lost write',
  'double apply',
  'cas ignoring index',
  'reordered apply',
  'early ack',
  'resurrected delete',
  'split vote',
] as const;
export type Mutant = (typeof MUTANTS)[number];

/** How often an operation meets the bug. */
const BUG_CHANCE = 0.02;
/** Operations that a bug takes to come out. */
const DELAY_OPERATIONS = 40;

/** Consul's KV store in one array and one map, with at most one bug. */
export class MutantStore {
  private rows = new Map<string, KvRow>();
  private readonly previous = new Map<string, KvRow | undefined>();
  /** The other leader's truth, while there are two. */
  private rival: Map<string, KvRow> | undefined;
  private readonly later: { at: number; run: () => void }[] = [];
  private index = 0;
  private count = 0;

  constructor(
    private readonly mutant: Mutant | undefined,
    private readonly random: Random,
  ) {}

  serve(key: string, action: KvAction, client: number): KvAnswer {
    this.count++;
    while (this.later[0] && this.later[0].at <= this.count) this.later.shift()!.run();
    if (this.mutant === 'split vote' && !this.rival && this.isBad()) this.split();
    const onRival = this.rival !== undefined && client % 2 === 1;
    if (!onRival) return this.answer(key, action);
    const own = this.rows;
    this.rows = this.rival!;
    const answer = this.answer(key, action);
    this.rows = own;
    return answer;
  }

  private answer(key: string, action: KvAction): KvAnswer {
    const bad = this.isBad();
    if (action.kind === 'get') {
      return { row: this.mutant === 'stale leader read' && bad ? this.previous.get(key) : this.rows.get(key) };
    }
    if (action.kind === 'put' && bad) {
      if (this.mutant === 'lost write') return { done: true };
      if (this.mutant === 'early ack' || this.mutant === 'reordered apply') {
        this.after(this.mutant === 'early ack' ? DELAY_OPERATIONS / 2 : DELAY_OPERATIONS, () =>
          this.apply(key, action),
        );
        return { done: true };
      }
      if (this.mutant === 'double apply') this.after(DELAY_OPERATIONS, () => this.apply(key, action));
    }
    const row = this.rows.get(key);
    if (this.mutant === 'resurrected delete' && action.kind === 'delete' && bad && row) {
      this.after(DELAY_OPERATIONS, () => this.rows.set(key, row));
    }
    if (this.mutant === 'cas ignoring index' && action.kind === 'cas' && bad) {
      return { done: this.apply(key, { kind: 'put', value: action.value }) };
    }
    return { done: this.apply(key, action) };
  }

  private apply(key: string, action: Exclude<KvAction, { kind: 'get' }>): boolean {
    const row = this.rows.get(key);
    const { lockIndex, session } = row ?? { lockIndex: 0, session: '' };
    switch (action.kind) {
      case 'put':
        return this.set(key, action.value, 0, session);
      case 'cas':
        return (row?.modifyIndex ?? 0) === action.index && this.set(key, action.value, 0, session);
      case 'delete':
        return this.remove(key);
      case 'delete-cas':
        return (!row || row.modifyIndex === action.index) && this.remove(key);
      case 'acquire': {
        if (session !== '' && session !== action.session) return false;
        return this.set(key, action.value, session === '' ? lockIndex + 1 : lockIndex, action.session);
      }
      case 'release':
        return session === action.session && this.set(key, action.value, lockIndex, '');
      case 'invalidate':
        if (session === action.session) this.rows.delete(key);
        return true;
    }
  }

  private set(key: string, value: string, lockIndex: number, session: string): true {
    this.previous.set(key, this.rows.get(key));
    this.rows.set(key, { value, modifyIndex: ++this.index, lockIndex, session });
    return true;
  }

  private remove(key: string): true {
    this.previous.set(key, this.rows.get(key));
    this.rows.delete(key);
    return true;
  }

  private split(): void {
    this.rival = new Map(this.rows);
    this.after(DELAY_OPERATIONS, () => (this.rival = undefined));
  }

  private after(operations: number, run: () => void): void {
    this.later.push({ at: this.count + operations, run });
  }

  private isBad(): boolean {
    return this.mutant !== undefined && this.random.next() < BUG_CHANCE;
  }
}

/** `count` operations of `clients` clients that overlap at random, each served at a moment between its call and return. */
export function historyOf(store: MutantStore, random: Random, count: number, keys = 10, clients = 8): KvOperation[] {
  const history: KvOperation[] = [];
  const free = Array.from({ length: clients }, () => 0);
  const seen = new Map<string, number>();
  for (let served = 1; history.length < count; served++) {
    // Served in the order of this loop: `served` is the moment. A client is busy from its call to its return.
    const client = random.integer(clients);
    if (free[client]! >= served) continue;
    const key = `k${random.integer(keys)}`;
    const action = someAction(random, `v${served}`, `s${client}`, seen.get(`${client} ${key}`) ?? 0);
    const calledAt = Math.max(free[client]! + 0.1, served - random.next() * clients * 2);
    const returnedAt = served + random.next() * clients;
    const answer = store.serve(key, action, client);
    free[client] = returnedAt;
    if ('row' in answer) seen.set(`${client} ${key}`, answer.row?.modifyIndex ?? 0);
    const isUnknown = action.kind !== 'get' && random.next() < 0.005;
    history.push({ key, action, client, calledAt, ...(isUnknown ? { returnedAt: Infinity } : { returnedAt, answer }) });
  }
  return history;
}

function someAction(random: Random, value: string, session: string, index: number): KvAction {
  const pick = random.next();
  if (pick < 0.45) return { kind: 'get' };
  if (pick < 0.6) return { kind: 'put', value };
  if (pick < 0.75) return { kind: 'cas', index, value };
  if (pick < 0.8) return { kind: 'delete' };
  if (pick < 0.85) return index > 0 ? { kind: 'delete-cas', index } : { kind: 'get' };
  return { kind: pick < 0.93 ? 'acquire' : 'release', session, value };
}
