import type { Timer } from '@tribune/platform';
import { setting } from '@tribune/state-store';
import { AUTOPILOT_SETTING, autopilotJson, type AutopilotSettings } from './autopilot-settings';
import type { Duty, DutyCollaborators } from './duty';

const RETRY_MS = 5_000;

/** The first leader of a datacenter writes down what its configuration files say; from then on the setting counts. */
export class SeedAutopilot implements Duty {
  readonly name = 'seed-autopilot';
  private timer: Timer | undefined;

  constructor(
    private readonly configured: AutopilotSettings,
    private readonly collaborators: DutyCollaborators,
  ) {}

  begin(): void {
    void this.write();
  }

  end(): void {
    this.timer?.cancel();
  }

  private async write(): Promise<void> {
    const { view, propose, clock, logger } = this.collaborators;
    if (setting(view.tables, AUTOPILOT_SETTING).value) return;
    const value = autopilotJson(this.configured);
    const result = await propose({ type: 'setting', name: AUTOPILOT_SETTING, value, cas: 0 });
    if (result.kind === 'applied') return;
    logger.warn('the autopilot configuration could not be written, trying again', { reason: result.reason });
    this.timer = clock.setTimer(RETRY_MS, () => void this.write());
  }
}
