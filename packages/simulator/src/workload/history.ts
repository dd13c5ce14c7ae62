import type { Clock } from '@tribune/platform';
import type { KvAction, KvAnswer, KvEffect, KvOperation } from '../checkers/kv-history';

const SERVERS = -2;

/** One operation while it is still open. */
export interface Recorded {
  readonly client: number;
  readonly key: string;
  readonly action: KvAction | KvEffect;
  readonly calledAt: number;
  /** What was proposed; undefined for reads. */
  readonly command?: Uint8Array;
  returnedAt: number;
  answer?: KvAnswer;
}

/** Everything that clients asked for and were told, in virtual time. */
export class History {
  private readonly records = new Set<Recorded>();
  private values = 0;
  private readonly keyOfSession = new Map<string, string>();

  constructor(private readonly clock: Clock) {}

  begin(client: number, key: string, action: KvAction, command?: Uint8Array): Recorded {
    const record = { client, key, action, command, calledAt: this.clock.monotonicMs(), returnedAt: Infinity };
    this.records.add(record);
    return record;
  }

  end(record: Recorded, answer: KvAnswer): void {
    record.returnedAt = this.clock.monotonicMs();
    record.answer = answer;
  }

  forget(record: Recorded): void {
    this.records.delete(record);
  }

  /** Used once, so that it names the write. */
  newValue(): string {
    return `v${++this.values}`;
  }

  /** A lock holder has one per key. */
  newSession(key: string): string {
    const id = `00000000-0000-4000-8000-${String(this.keyOfSession.size + 1).padStart(12, '0')}`;
    this.keyOfSession.set(id, key);
    return id;
  }

  /** The servers did this by themselves, between then and now. */
  happened(action: KvAction | KvEffect, session: string, calledAt: number): void {
    const key = this.keyOfSession.get(session)!;
    const returnedAt = this.clock.monotonicMs();
    this.records.add({ client: SERVERS, key, action, calledAt, returnedAt, answer: { done: true } });
  }

  /**
   * For judgement, once everybody is level: an unknown write that nobody ever applied is dropped, which keeps the search
   * short. Two equal deletions cannot be told apart, so those stay.
   */
  settled(applied: Iterable<Uint8Array>): readonly KvOperation[] {
    const known = new Set<string>();
    for (const command of applied) known.add(Buffer.from(command).toString('latin1'));
    return [...this.records].filter(
      ({ answer, command }) => answer || (command && known.has(Buffer.from(command).toString('latin1'))),
    );
  }
}
