import { sleep, type Clock, type Random } from '@tribune/platform';

/** A request that found no leader asks again at about this distance. Milliseconds. */
const RETRY_MS = 60;

/** What becomes of a request while the servers elect a leader: it is held and asks again, up to `holdMs`. */
export class LeaderHold {
  constructor(
    private readonly clock: Clock,
    private readonly random: Random,
    private readonly holdMs: number,
  ) {}

  /**
   * The answer of `ask`, which is `noLeader` only when the hold is over. `noLeader` means: certainly not done. Only then
   * may the same question be put again, a write above all. `first` is an answer that is under way already.
   */
  async answer<A extends { readonly kind: string }>(ask: () => A | Promise<A>, first = ask()): Promise<A> {
    // The first answer may itself have been held for a leader, so the time counts from before it.
    const deadlineMs = this.clock.monotonicMs() + this.holdMs;
    let answer = await first;
    while (answer.kind === 'noLeader' && this.clock.monotonicMs() < deadlineMs) {
      await sleep(this.clock, RETRY_MS * (0.5 + this.random.next()));
      answer = await ask();
    }
    return answer;
  }
}
