import { sleep, type Clock, type Random } from '@tribune/platform';
import type { FenceResult, StateApi } from '@tribune/protocol';
import type { View } from '@tribune/state-store';
import { noClusterLeader } from '../http/http-error';

/** A request that found no leader tries again at about this distance. Milliseconds. */
const RETRY_MS = 60;

/** Makes a read linearizable: asks for the fence and waits until the view contains it. */
export class Fence {
  constructor(
    private readonly state: StateApi,
    private readonly view: View,
    private readonly clock: Clock,
    private readonly random: Random,
    private readonly leaderHoldMs: number,
  ) {}

  /** Undefined: passed already, no promise was needed (a single server that leads). */
  pass(): Promise<void> | undefined {
    const fence = this.state.readFence();
    if (fence instanceof Promise) return this.passSlowly(fence);
    return fence.kind === 'confirmed' ? this.view.atLeast(fence.revision) : this.passSlowly(fence);
  }

  /** One try, without waiting for a leader: whether the view contains what a read must see. */
  tryPass(): boolean | Promise<boolean> {
    const fence = this.state.readFence();
    if (fence instanceof Promise) return fence.then((late) => this.reach(late)).catch(() => false);
    return this.reach(fence);
  }

  private reach(fence: FenceResult): boolean | Promise<boolean> {
    if (fence.kind !== 'confirmed') return false;
    const reached = this.view.atLeast(fence.revision);
    return reached === undefined ? true : reached.then(() => true);
  }

  private async passSlowly(first: FenceResult | Promise<FenceResult>): Promise<void> {
    // The first answer may have been held for a leader already.
    const deadlineMs = this.clock.monotonicMs() + this.leaderHoldMs;
    let fence = await first;
    while (fence.kind !== 'confirmed') {
      if (this.clock.monotonicMs() >= deadlineMs) throw noClusterLeader();
      await sleep(this.clock, RETRY_MS * (0.5 + this.random.next()));
      fence = await this.state.readFence();
    }
    await this.view.atLeast(fence.revision);
  }
}
