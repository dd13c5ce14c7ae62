import type { Clock, Timer } from '@tribune/platform';
import type { Ballast } from '../storage/ballast';

const CHECK_MS = 1000;
/** A server that is short and leads, or leads again, tries to hand over this often, in checks. */
const REPEAT_CHECKS = 10;
/** Checks in a row with room to spare before the ballast is filled: a server that has just started has better things to do. */
const CALM_CHECKS = 10;

export interface SpaceGuardOptions {
  readonly freeBytesMin: number;
}

export interface SpaceGuardCollaborators {
  readonly freeBytes: () => Promise<number>;
  readonly snapshotBytes: () => number;
  readonly ballast: Ballast;
  readonly clock: Clock;
  /** No proposals are taken from now on; told again now and then while that lasts. */
  readonly onShort: (freeBytes: number) => void;
  /** The disk was full to the brim and the ballast went overboard. */
  readonly onReleased: (freeBytes: number) => void;
}

/**
 * Watches the disk (S5). A full disk makes LevelDB lose writes that it acknowledged, so proposals stop while there is
 * still room for three snapshots. What others write may fill the disk all the same: then the ballast is given up, so that
 * there is room to hand over the lead, to note a new term and to start again.
 */
export class SpaceGuard {
  private timer: Timer | undefined;
  private free = Infinity;
  private calm = 0;
  private shortFor = 0;
  private filling: Promise<void> | undefined;

  constructor(
    private readonly options: SpaceGuardOptions,
    private readonly collaborators: SpaceGuardCollaborators,
  ) {}

  /** The ballast is space that can be had. */
  get isShort(): boolean {
    return this.free + this.collaborators.ballast.heldBytes < this.requiredBytes;
  }

  /** Before anything is opened: a full disk must not keep a server from starting. */
  async start(): Promise<void> {
    await this.collaborators.ballast.open();
    await this.check();
    this.arm();
  }

  async stop(): Promise<void> {
    this.timer?.cancel();
    this.timer = undefined;
    await this.filling;
  }

  private get requiredBytes(): number {
    return Math.max(this.options.freeBytesMin, 3 * this.collaborators.snapshotBytes());
  }

  private arm(): void {
    this.timer = this.collaborators.clock.setTimer(CHECK_MS, () => {
      void this.check().then(() => this.timer && this.arm());
    });
  }

  private async check(): Promise<void> {
    // A file system that cannot be asked is not short of space; if it is broken, the next write says so.
    this.free = await this.collaborators.freeBytes().catch(() => Infinity);
    await this.trim();
    if (!this.isShort) this.shortFor = 0;
    else if (this.shortFor++ % REPEAT_CHECKS === 0) this.collaborators.onShort(this.free);
  }

  /** Gives the ballast up, or takes it aboard again. */
  private async trim(): Promise<void> {
    const { ballast, freeBytes, onReleased } = this.collaborators;
    if (ballast.bytes === 0 || this.filling) return;
    if (this.free < ballast.bytes / 2) {
      this.calm = 0;
      if (ballast.heldBytes === 0) return;
      await ballast.release();
      this.free = await freeBytes().catch(() => Infinity);
      return onReleased(this.free);
    }
    this.calm = this.free >= this.requiredBytes + ballast.bytes ? this.calm + 1 : 0;
    if (this.calm < CALM_CHECKS || ballast.heldBytes >= ballast.bytes) return;
    // What cannot be written now is tried again later: nothing rests on it.
    const filling = ballast.fill().catch(() => undefined);
    this.filling = filling.then(() => void (this.filling = undefined));
  }
}
