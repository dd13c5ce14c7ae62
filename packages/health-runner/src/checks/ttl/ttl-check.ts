import type { Observation } from '../../core/check-state';
import { truncateHead } from '../../core/output';
import { critical } from '../probe';
import type { Agenda } from '../../schedule/agenda';
import type { Deadline } from '../../schedule/deadline-heap';

export interface TtlCheckOptions {
  readonly ttlMs: number;
  readonly outputBytesMax: number;
}

/** A check that is told its state and turns critical when nobody does so in time. */
export class TtlCheck {
  private deadline: Deadline | undefined;
  private lastOutput = '';
  private isStopped = false;

  constructor(
    private readonly options: TtlCheckOptions,
    private readonly collaborators: { readonly agenda: Agenda; readonly report: (observation: Observation) => void },
  ) {}

  /** `lastOutput` of an earlier life is repeated in the text of an expiry. */
  start(lastOutput = ''): void {
    this.lastOutput = lastOutput;
    this.renew();
  }

  stop(): void {
    this.isStopped = true;
    this.deadline?.cancel();
  }

  /** Sets the state and starts the period anew; gives the observation as it was published. */
  set(status: string, output: string): Observation {
    this.lastOutput = truncateHead(output, this.options.outputBytesMax);
    const observation = { status, output: this.lastOutput };
    this.collaborators.report(observation);
    this.renew();
    return observation;
  }

  private renew(): void {
    this.deadline?.cancel();
    this.deadline = this.collaborators.agenda.after(this.options.ttlMs, () => this.expire());
  }

  private expire(): void {
    if (this.isStopped) return;
    const before = this.lastOutput === '' ? '' : ` (last output before timeout follows): ${this.lastOutput}`;
    this.collaborators.report(critical(`TTL expired${before}`));
  }
}
