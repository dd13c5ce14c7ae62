import type { Clock, Logger, Random } from '@tribune/platform';
import type { CheckDefinition } from '@tribune/protocol';
import type { Observation } from '../core/check-state';
import type { HealthRunnerMetrics } from '../metrics';
import { Agenda } from '../schedule/agenda';
import { IntervalRunner } from '../schedule/interval-runner';
import { Slots } from '../schedule/slots';
import { kindOf, outputBytesMaxOf, probeOf, type ProbeLimits } from './probe-of';
import { TtlCheck } from './ttl/ttl-check';

export interface CheckRunnersOptions extends ProbeLimits {
  readonly probesMax: number;
}

/** Who hears what a check saw. Probes pass the thresholds, the others (`direct`) speak for themselves. */
export type Report = (checkId: string, observation: Observation, direct: boolean) => void;

export interface CheckRunnersCollaborators {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly metrics: HealthRunnerMetrics;
  readonly report: Report;
}

/** Everything that runs on behalf of a check definition: probers at their intervals, and TTL periods. */
export class CheckRunners {
  private readonly agenda: Agenda;
  private readonly slots: Slots;
  private readonly intervals = new Map<string, IntervalRunner>();
  private readonly ttls = new Map<string, TtlCheck>();

  constructor(
    private readonly options: CheckRunnersOptions,
    private readonly collaborators: CheckRunnersCollaborators,
  ) {
    this.agenda = new Agenda(collaborators.clock);
    this.slots = new Slots(options.probesMax);
  }

  /** Starts what the definition asks for; replaces what ran under the same id. */
  start(definition: CheckDefinition, lastOutput = ''): void {
    this.stop(definition.checkId);
    if (kindOf(definition) === 'ttl') this.startTtl(definition, lastOutput);
    else this.startInterval(definition);
  }

  stop(checkId: string): void {
    this.intervals.get(checkId)?.stop();
    this.intervals.delete(checkId);
    this.ttls.get(checkId)?.stop();
    this.ttls.delete(checkId);
  }

  stopAll(): void {
    for (const id of [...this.intervals.keys(), ...this.ttls.keys()]) this.stop(id);
    this.agenda.stop();
  }

  ttl(checkId: string): TtlCheck | undefined {
    return this.ttls.get(checkId);
  }

  private startTtl(definition: CheckDefinition, lastOutput: string): void {
    const { checkId, ttlNs } = definition;
    const outputBytesMax = outputBytesMaxOf(definition, this.options.outputBytesMax);
    const ttl = new TtlCheck(
      { ttlMs: ttlNs / 1e6, outputBytesMax },
      { agenda: this.agenda, report: (observation) => this.collaborators.report(checkId, observation, true) },
    );
    this.ttls.set(checkId, ttl);
    ttl.start(lastOutput);
  }

  private startInterval(definition: CheckDefinition): void {
    const probe = probeOf(definition, this.options);
    if (!probe) return;
    const { metrics, report, random, logger } = this.collaborators;
    const { checkId, intervalNs } = definition;
    const type = kindOf(definition);
    const runner = new IntervalRunner(
      { checkId, intervalMs: intervalNs / 1e6 },
      {
        agenda: this.agenda,
        slots: this.slots,
        random,
        logger,
        probe,
        report: (observation) => {
          metrics.probed(type, observation.status);
          report(checkId, observation, false);
        },
      },
    );
    this.intervals.set(checkId, runner);
    runner.start();
  }
}
