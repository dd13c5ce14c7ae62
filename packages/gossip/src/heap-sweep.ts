import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Clock, Startable, Timer } from '@tribune/platform';

/** A quiet agent makes 0.1 to 0.2 MiB of old garbage a minute: this much is waited for. One sweep takes 3 to 10 ms. */
const SWEEP_INTERVAL_MS = 300_000;

/**
 * V8 collects its old generation when that has grown by a share of itself; an idle agent would grow for hours until
 * then. Swept now and then, its memory stays flat (docs/gossip.md).
 */
export class HeapSweep implements Startable {
  private timer: Timer | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly collect = fullCollection(),
  ) {}

  async start(): Promise<void> {
    this.timer ??= this.plan();
  }

  async stop(): Promise<void> {
    this.timer?.cancel();
    this.timer = undefined;
  }

  private plan(): Timer {
    return this.clock.setTimer(SWEEP_INTERVAL_MS, () => {
      this.collect();
      this.timer = this.plan();
    });
  }
}

/** `--expose-gc` without a flag on the command line, and for nobody else. */
function fullCollection(): () => void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  setFlagsFromString('--no-expose-gc');
  return collect;
}
