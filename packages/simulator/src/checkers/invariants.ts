/**
 * The promises of Raft (figure 3 of the paper) and of leases, checked while a history unfolds: after every timer,
 * message and write of every server. The first violation is kept; production code never sees it.
 */
import type { LogBatch } from '@tribune/raft-core';
import type { CoreView } from '@tribune/raft-core/testing';

/** A server, as far as it is watched. */
export interface Watched {
  readonly id: string;
  /** Undefined while it is down. */
  readonly core: CoreView | undefined;
  /** New with each run of the process. */
  readonly machine: object | undefined;
  readonly clock: { monotonicMs(): number } | undefined;
}

interface Written {
  readonly data: Uint8Array;
  readonly previousTerm: number | undefined;
}

export class Invariants {
  violation: string | undefined;
  elections = 0;
  /** Command bytes by index, as the first server applied them. */
  readonly applied = new Map<number, Uint8Array>();
  private readonly leaders = new Map<number, string>();
  private readonly written = new Map<string, Written>();
  /** Term of every committed entry by index. */
  private readonly committed: number[] = [0];
  /** The term in which the first server said so: leaders of later terms have it, a late winner of an earlier one need not. */
  private readonly committedIn: number[] = [0];
  /** How far each run of a server was looked at. */
  private readonly seen = new WeakMap<object, number>();
  servers: readonly Watched[] = [];
  /** Told of each command once, when the first server applies it. */
  onFirstApplied: (index: number, command: Uint8Array) => void = () => undefined;

  /** Election safety and leader completeness. */
  leads(server: Watched, term: number): void {
    const other = this.leaders.get(term);
    if (other !== undefined && other !== server.id) this.violated(`${other} and ${server.id} both lead term ${term}`);
    this.leaders.set(term, server.id);
    this.elections++;
    const { core } = server;
    if (!core || core.term !== term) return;
    for (let index = core.status().base.index + 1; index < this.committed.length; index++) {
      const known = this.committed[index];
      if (known === undefined || this.committedIn[index]! >= term || core.termAt(index) === known) continue;
      return this.violated(`leader ${server.id} of term ${term} lacks committed entry ${index}`);
    }
  }

  /** Log matching: index and term decide the entry and, by induction over the term before it, all that precede it. */
  writes({ id, core }: Watched, { entries }: LogBatch): void {
    for (const [i, { index, term, data }] of entries.entries()) {
      const previousTerm = i > 0 ? entries[i - 1]!.term : core?.termAt(index - 1);
      const key = `${index}/${term}`;
      const known = this.written.get(key);
      if (!known) this.written.set(key, { data, previousTerm });
      else if (!isEqual(known.data, data) || differs(known.previousTerm, previousTerm)) {
        this.violated(`${id} writes another entry ${index} of term ${term} than others did`);
      }
    }
  }

  /** State machine safety: no two servers apply different commands at an index. */
  applies(id: string, index: number, command: Uint8Array): void {
    const known = this.applied.get(index);
    if (!known) {
      this.applied.set(index, command);
      this.onFirstApplied(index, command);
    } else if (!isEqual(known, command)) this.violated(`${id} applies another command at ${index} than others did`);
  }

  /** What was answered `applied` at an index is what everybody applies there. */
  acknowledges(index: number, command: Uint8Array): void {
    const known = this.applied.get(index);
    if (!known || !isEqual(known, command)) this.violated(`what was acknowledged at ${index} is not there`);
  }

  /** After each step of a server: what it newly calls committed, and whether it may believe in its lease. */
  observe(server: Watched): void {
    const { core } = server;
    if (!core) return;
    this.commits(server, core.commitIndex);
    if (core.role !== 'leader') return;
    for (const other of this.servers) this.leases(other, server);
  }

  private commits({ id, core, machine }: Watched, commitIndex: number): void {
    for (let index = this.seen.get(machine!) ?? 0; ++index <= commitIndex;) {
      const term = core!.termAt(index);
      // Behind a snapshot; its own index still has its term.
      if (term === undefined) continue;
      const known = this.committed[index];
      if (known === undefined) {
        this.committed[index] = term;
        this.committedIn[index] = core!.term;
      } else if (known !== term) this.violated(`${id} commits term ${term} at ${index}, others term ${known}`);
    }
    this.seen.set(machine!, commitIndex);
  }

  /** Lease safety: who may read without asking is the newest leader there is. */
  private leases({ id, core, clock }: Watched, leader: Watched): void {
    if (!core || id === leader.id || core.role !== 'leader' || core.term >= leader.core!.term) return;
    core.timeIs(clock!.monotonicMs());
    if (core.holdsLease) this.violated(`${id} holds a lease in term ${core.term}, but ${leader.id} leads`);
  }

  violated(what: string): void {
    this.violation ??= what;
  }
}

const differs = (a: number | undefined, b: number | undefined): boolean =>
  a !== undefined && b !== undefined && a !== b;

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a === b || Buffer.compare(a, b) === 0;
}
