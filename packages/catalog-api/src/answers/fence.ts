import type { FenceResult, StateApi } from '@tribune/protocol';
import type { View } from '@tribune/state-store';
import { noClusterLeader } from '../http/http-error';
import type { LeaderHold } from './leader-hold';

/** Makes a read linearizable: asks for the fence and waits until the view contains it. */
export class Fence {
  constructor(
    private readonly state: StateApi,
    private readonly view: View,
    private readonly hold: LeaderHold,
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
    const fence = await this.hold.answer(() => this.state.readFence(), first);
    if (fence.kind !== 'confirmed') throw noClusterLeader();
    await this.view.atLeast(fence.revision);
  }
}
