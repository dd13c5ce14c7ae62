import type { Clock } from '@tribune/platform';
import type { Profile } from './profiles';

const STEP_MS = 50;
const MINUTE_MS = 60_000;
const THINK_MS_MAX = 60;
const CALM_THINK_MS_MAX = 20_000;

/** How fast a world lives: all the time the same, or a minute of trouble and many of calm by turns. */
export class Seasons {
  constructor(
    private readonly profile: Pick<Profile, 'pace' | 'calmMinutes'>,
    private readonly clock: Clock,
  ) {}

  /** Until troubles strike again. */
  get stepMs(): number {
    return this.isCalm ? MINUTE_MS : STEP_MS * this.profile.pace;
  }

  get thinkMsMax(): number {
    return this.isCalm ? CALM_THINK_MS_MAX : THINK_MS_MAX * this.profile.pace;
  }

  private get isCalm(): boolean {
    const { calmMinutes } = this.profile;
    if (calmMinutes === 0) return false;
    return this.clock.monotonicMs() % ((calmMinutes + 1) * MINUTE_MS) >= MINUTE_MS;
  }
}
