import { Metrics, seededRandom } from '@tribune/platform';
import {
  EMPTY_CHECK_DEFINITION,
  serviceDefinitionFromJson,
  type CheckDefinition,
  type JsonObject,
  type ServiceDefinition,
} from '@tribune/protocol';
import { LocalState, RecordingLogger, SimClock } from '@tribune/testkit';
import { createHealthRunner, type HealthRunner } from '../health-runner';
import type { HealthRunnerOptions } from '../options';

export const NODE = {
  id: '5477ea27-081e-8b9e-f132-39a0c27d4567',
  node: 'n1',
  address: '10.0.0.1',
  datacenter: 'dc1',
  taggedAddresses: { lan: '10.0.0.1' },
  meta: {},
};

/** A health runner on a clock that stands still, beside a state service without consensus. */
export class RunnerFixture {
  readonly clock = new SimClock();
  readonly state = new LocalState(this.clock);
  readonly logger = new RecordingLogger();
  readonly runner: HealthRunner;

  constructor(options: Partial<HealthRunnerOptions> = {}) {
    this.runner = createHealthRunner(
      { node: NODE, ...options },
      {
        state: this.state,
        view: this.state.view,
        clock: this.clock,
        random: seededRandom(1),
        logger: this.logger,
        metrics: new Metrics(),
      },
    );
  }

  /** Started, and the first sync done. */
  async start(): Promise<this> {
    await this.runner.start();
    await this.clock.elapse(0);
    return this;
  }

  async stop(): Promise<void> {
    await this.runner.stop();
    this.state.stop();
  }

  /** Registers and lets the change reach the catalog. */
  async register(json: JsonObject, replaceExistingChecks = false): Promise<void> {
    const outcome = await this.runner.registerService(service(json), { replaceExistingChecks });
    if (!outcome.ok) throw new Error(outcome.reason);
    await this.clock.elapse(0);
  }

  catalogServices(): string[] {
    return this.state.view.tables.services.onNode('n1').map(({ id }) => id);
  }

  /** `id status output` of each check in the catalog. */
  catalogChecks(): string[] {
    const checks = this.state.view.tables.checks.onNode('n1');
    return checks.map(({ checkId, status, output }) => `${checkId} ${status} ${output}`.trim());
  }

  async localChecks(): Promise<string[]> {
    const checks = await this.runner.checks();
    return checks.map(({ checkId, status, output }) => `${checkId} ${status} ${output}`.trim());
  }

  get revision(): number {
    return this.state.view.revision;
  }
}

export const service = (json: JsonObject): ServiceDefinition => read(json, 'http');
/** As a configuration file spells it. */
export const fileService = (json: JsonObject): ServiceDefinition => read(json, 'file');

function read(json: JsonObject, source: 'http' | 'file'): ServiceDefinition {
  const { definition, problems } = serviceDefinitionFromJson(json, source);
  if (problems.length > 0) throw new Error(problems[0]!.text);
  return definition;
}

export const check = (given: Partial<CheckDefinition>): CheckDefinition => ({ ...EMPTY_CHECK_DEFINITION, ...given });
