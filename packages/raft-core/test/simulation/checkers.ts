/** The promises of Raft (figure 3 of the paper), checked while a history unfolds. Each violation throws. */
import type { Entry } from '../../src/core/message';
import type { Raft } from '../../src/core/raft';

export class Violation extends Error {}

export class Checkers {
  readonly acknowledged = new Map<number, string>();
  highestAcknowledged = 0;
  private readonly leaders = new Map<number, string>();
  private readonly written = new Map<string, { data: string; previousTerm: number }>();
  private readonly applied = new Map<number, string>();
  private readonly committedTerms = new Map<number, number>();

  /** Election safety, and leader completeness: whoever leads holds everything that was ever committed. */
  leads(id: string, raft: Raft): void {
    const other = this.leaders.get(raft.term);
    if (other !== undefined && other !== id) throw new Violation(`${other} and ${id} both lead term ${raft.term}`);
    this.leaders.set(raft.term, id);
    const { base } = raft.status();
    for (const [index, term] of this.committedTerms) {
      if (index > base.index && raft.termAt(index) !== term) {
        throw new Violation(`leader ${id} of term ${raft.term} lacks committed entry ${index} of term ${term}`);
      }
    }
  }

  /** Log matching: index and term decide the entry and, by induction over the previous term, all before it. */
  holds(id: string, entry: Entry, previousTerm: number): void {
    const key = `${entry.index}/${entry.term}`;
    const data = textOf(entry);
    const known = this.written.get(key);
    if (!known) this.written.set(key, { data, previousTerm });
    else if (known.data !== data || known.previousTerm !== previousTerm) {
      throw new Violation(
        `${id} holds another entry ${key}: ${data} after ${previousTerm}, not ${known.data} after ${known.previousTerm}`,
      );
    }
  }

  /** State machine safety: no two servers apply different entries at an index. */
  applies(id: string, entry: Entry): void {
    const line = `${entry.term} ${textOf(entry)}`;
    const known = this.applied.get(entry.index);
    if (known !== undefined && known !== line)
      throw new Violation(`${id} applies ${line} at ${entry.index}, others ${known}`);
    this.applied.set(entry.index, line);
    this.committedTerms.set(entry.index, entry.term);
  }

  acknowledges(index: number, command: string): void {
    this.acknowledged.set(index, command);
    this.highestAcknowledged = Math.max(this.highestAcknowledged, index);
  }

  /** A read that began after an acknowledgement must see it. */
  reads(index: number, acknowledgedBefore: number): void {
    if (index < acknowledgedBefore)
      throw new Violation(`a read saw index ${index} though ${acknowledgedBefore} was acknowledged before`);
  }

  /** Nothing that was acknowledged is missing at the end. */
  finish(state: readonly string[]): void {
    const present = new Set(state);
    for (const [index, command] of this.acknowledged) {
      if (!present.has(command)) throw new Violation(`${command}, acknowledged at ${index}, is gone`);
    }
  }
}

export const textOf = (entry: Entry): string => `${entry.kind}:${Buffer.from(entry.data).toString()}`;
