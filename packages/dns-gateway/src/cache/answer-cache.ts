import type { Source } from '../catalog/catalog-reader';
import type { AnswerSet } from '../wire/answer-set';

export interface CachedAnswer {
  readonly set: AnswerSet;
  /** Also kept followed by every use. */
  readonly sources: readonly Source[];
  /** Why the answer is empty, for the query log. */
  readonly reason: string | undefined;
}

/**
 * Encoded answers by question, dropped by the change that makes them wrong: never by time. Two levels of maps, so that
 * a hit builds no key. Bounded: the name that was stored first goes.
 */
export class AnswerCache {
  private readonly byName = new Map<string, Map<number, CachedAnswer>>();
  private readonly dependents = new Map<string, Set<string>>();
  private count = 0;

  constructor(private readonly answersMax: number) {}

  get size(): number {
    return this.count;
  }

  get(nameKey: string, type: number): CachedAnswer | undefined {
    const answer = this.byName.get(nameKey)?.get(type);
    if (answer) for (const { touch } of answer.sources) if (touch) touch.used = true;
    return answer;
  }

  put(nameKey: string, type: number, answer: CachedAnswer): void {
    while (this.count >= this.answersMax) this.forget(this.byName.keys().next().value!);
    let types = this.byName.get(nameKey);
    if (!types) this.byName.set(nameKey, (types = new Map()));
    if (!types.has(type)) this.count++;
    types.set(type, answer);
    for (const { dependency } of answer.sources) {
      const names = this.dependents.get(dependency) ?? new Set();
      this.dependents.set(dependency, names.add(nameKey));
    }
  }

  /** What was read under this name has changed. */
  drop(dependency: string): void {
    const names = this.dependents.get(dependency);
    if (!names) return;
    this.dependents.delete(dependency);
    for (const name of names) this.forget(name);
  }

  clear(): void {
    this.byName.clear();
    this.dependents.clear();
    this.count = 0;
  }

  private forget(nameKey: string): void {
    const types = this.byName.get(nameKey);
    if (!types) return;
    this.byName.delete(nameKey);
    this.count -= types.size;
    for (const { sources } of types.values()) {
      for (const { dependency } of sources) {
        const names = this.dependents.get(dependency);
        names?.delete(nameKey);
        if (names?.size === 0) this.dependents.delete(dependency);
      }
    }
  }
}
