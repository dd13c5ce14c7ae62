import type { Clock, Timer } from '@tribune/platform';

const CHECK_MS = 1000;

export interface SpaceGuardOptions {
  readonly freeBytesMin: number;
}

export interface SpaceGuardCollaborators {
  readonly freeBytes: () => Promise<number>;
  readonly snapshotBytes: () => number;
  readonly clock: Clock;
  readonly onShort: (freeBytes: number) => void;
}

/**
 * Watches the disk (S5). A full disk makes LevelDB lose writes that it acknowledged, so proposals stop while there is
 * still room for three snapshots.
 */
export class SpaceGuard {
  private timer: Timer | undefined;
  private free = Infinity;

  constructor(
    private readonly options: SpaceGuardOptions,
    private readonly collaborators: SpaceGuardCollaborators,
  ) {}

  get isShort(): boolean {
    return this.free < Math.max(this.options.freeBytesMin, 3 * this.collaborators.snapshotBytes());
  }

  async start(): Promise<void> {
    await this.check();
    this.arm();
  }

  stop(): void {
    this.timer?.cancel();
    this.timer = undefined;
  }

  private arm(): void {
    this.timer = this.collaborators.clock.setTimer(CHECK_MS, () => {
      void this.check().then(() => this.timer && this.arm());
    });
  }

  private async check(): Promise<void> {
    const wasShort = this.isShort;
    // A file system that cannot be asked is not short of space; if it is broken, the next write says so.
    this.free = await this.collaborators.freeBytes().catch(() => Infinity);
    if (this.isShort && !wasShort) this.collaborators.onShort(this.free);
  }
}
