import { randomUUID } from 'node:crypto';
import type {
  AnswerOutcome,
  Coordinate,
  KeyringResponse,
  Member,
  MemberQueryOutcome,
  MembershipApi,
  MembershipEvent,
  QueryEvent,
  UserEvent,
} from '@tribune/protocol';

const COORDINATE: Coordinate = { vec: [0, 0, 0, 0, 0, 0, 0, 0], error: 1.5, adjustment: 0, height: 0.00001 };

export const LONE_KEY = Buffer.alloc(32, 5).toString('base64');

/** A gossip pool of one, whose user events come straight back. */
export class LoneMember implements MembershipApi {
  private readonly fired: UserEvent[] = [];
  private readonly watchers = new Set<(event: MembershipEvent) => void>();
  private ltime = 1;

  constructor(private readonly node: string) {}

  async members(pool: 'lan' | 'wan'): Promise<readonly Member[]> {
    return [{ ...this.member(), name: pool === 'wan' ? `${this.node}.dc1` : this.node }];
  }

  async localMember(): Promise<Member> {
    return this.member();
  }

  async *watch(signal: AbortSignal): AsyncIterable<MembershipEvent> {
    const queue: MembershipEvent[] = [{ kind: 'snapshot', pool: 'lan', members: [this.member()] }];
    let wake = (): void => undefined;
    const push = (event: MembershipEvent): void => {
      queue.push(event);
      wake();
    };
    this.watchers.add(push);
    signal.addEventListener('abort', () => wake(), { once: true });
    while (!signal.aborted) {
      const event = queue.shift();
      if (event) yield event;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
    this.watchers.delete(push);
  }

  async join(): Promise<{ readonly joined: number; readonly errors: readonly string[] }> {
    return { joined: 0, errors: ['there is nobody to join'] };
  }

  async leave(): Promise<void> {
    this.watchers.clear();
  }

  async forceLeave(): Promise<'done' | 'unknown'> {
    return 'unknown';
  }

  async fireEvent(
    given: Omit<UserEvent, 'id' | 'ltime' | 'version'>,
  ): Promise<{ readonly ok: true; readonly event: UserEvent }> {
    const event: UserEvent = { ...given, id: randomUUID(), version: 1, ltime: 0 };
    const known = { ...event, ltime: ++this.ltime };
    this.fired.push(known);
    for (const push of this.watchers) push({ kind: 'userEvent', event: known });
    return { ok: true, event };
  }

  async events(): Promise<readonly UserEvent[]> {
    return [...this.fired];
  }

  async setTags(): Promise<void> {
    return undefined;
  }

  /** None in the LAN pool, where nobody else is to be probed: nothing then writes to the catalog by the clock. */
  async coordinate(pool: 'lan' | 'wan'): Promise<Coordinate | undefined> {
    return pool === 'wan' ? COORDINATE : undefined;
  }

  /** A keyring of one key, which no operation changes: this member takes nobody else's. */
  async keyring(operation: string, key: string): Promise<readonly KeyringResponse[]> {
    const message = 'Removing the primary key is not allowed';
    const isRefused = operation === 'remove' && key === LONE_KEY;
    const outcome = (name: string): Pick<KeyringResponse, 'messages' | 'error'> =>
      isRefused ? { messages: { [name]: message }, error: '1/1 nodes reported failure' } : { messages: {} };
    const keys = operation === 'list' ? { [LONE_KEY]: 1 } : {};
    return (['lan', 'wan'] as const).map((pool) => {
      const name = pool === 'wan' ? `${this.node}.dc1` : this.node;
      return { pool, keys, primaryKeys: keys, numNodes: 1, ...outcome(name) };
    });
  }

  async query(): Promise<MemberQueryOutcome> {
    return { ok: true, acks: [this.node], responses: new Map() };
  }

  async *queries(): AsyncGenerator<QueryEvent> {
    yield { kind: 'listening' };
  }

  async answerQuery(): Promise<AnswerOutcome> {
    return { ok: false, reason: 'nobody has asked' };
  }

  async stats(): Promise<Readonly<Record<string, Readonly<Record<string, string>>>>> {
    return {};
  }

  private member(): Member {
    return {
      name: this.node,
      address: '127.0.0.1',
      port: 8301,
      tags: { role: 'consul', dc: 'dc1', port: '8300', build: '1.8.7:0', id: '00000000-0000-0000-0000-000000000001' },
      status: 'alive',
      protocolMin: 1,
      protocolMax: 5,
      protocolCurrent: 2,
      delegateMin: 2,
      delegateMax: 5,
      delegateCurrent: 4,
    };
  }
}
