import { rmSync, writeFileSync } from 'node:fs';
import { eventLoopLag, messageOf, Metrics, systemClock, systemRandom, type LogSource } from '@tribune/platform';
import type { AgentConfig } from '../config/agent-config';
import { flagHelp } from '../config/load/flag-help';
import { parseFlags, type Flags } from '../config/load/flags';
import { loadConfig } from '../config/load-config';
import { ConfigError, problemLine } from '../config/schema/problem';
import { Agent } from './agent';
import { banner } from './banner';
import { composeAgent } from './compose-agent';
import { openDataFolder } from './data-folder';
import { openLog } from './log-output';
import { followSignals } from './signals';

/** Consul's: a graceful leave that takes longer is cut off. */
const LEAVE_TIMEOUT_MS = 15_000;
/** An orderly stop that takes longer is cut off; Ctrl-C should feel immediate. */
const STOP_TIMEOUT_MS = 5_000;
/** Time for the answer to `PUT /v1/agent/leave` to reach its client. */
const ANSWER_GRACE_MS = 50;

/**
 * `tribune agent`: runs until a signal, a leave or a fatal error; resolves with the exit code. `startedUp` is called once
 * everything is loaded and runs.
 */
export async function runAgent(argv: readonly string[], startedUp: () => void = () => undefined): Promise<number> {
  const flags = parseFlags(argv);
  if (flags.wantsHelp) return print(process.stdout, flagHelp(), 0);
  try {
    return await new Run(flags, loadConfig(flags)).untilStopped(startedUp);
  } catch (error) {
    return print(process.stderr, errorText(error), 1);
  }
}

function errorText(error: unknown): string {
  if (error instanceof ConfigError)
    return error.detail.problems.map((problem) => `==> ${problemLine(problem)}\n`).join('');
  return `==> Error starting agent: ${messageOf(error)}\n`;
}

function print(stream: NodeJS.WritableStream, text: string, code: number): number {
  stream.write(text);
  return code;
}

/** One life of the agent, from its configuration to its exit code. */
class Run {
  private readonly logger: LogSource;
  private readonly ended: Promise<number>;
  private end!: (code: number) => void;

  constructor(
    private readonly flags: Flags,
    private readonly config: AgentConfig,
  ) {
    // Whoever read our output may go (a closed terminal, a pipe): that is no reason to stop serving.
    for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
    this.logger = openLog(config.log, process.stdout);
    this.ended = new Promise((resolve) => (this.end = resolve));
  }

  async untilStopped(startedUp: () => void): Promise<number> {
    const { config, logger } = this;
    const folder = openDataFolder(config, systemRandom);
    const identity = { nodeId: folder.nodeId, dataPath: folder.path };
    const metrics = new Metrics();
    const lag = eventLoopLag(metrics, 'agent');
    const hooks = {
      readConfig: () => loadConfig(this.flags),
      onFatal: (reason: Error) => this.die(reason),
      onLeft: () => this.endSoon(),
    };
    if (config.pidFile !== '') writeFileSync(config.pidFile, `${process.pid}`);
    process.stdout.write(banner(config, folder.nodeId));
    for (const warning of config.warnings) logger.warn(warning);
    const agent = new Agent(
      config,
      identity,
      { clock: systemClock, random: systemRandom, logger, metrics },
      hooks,
      composeAgent,
    );
    const signals = followSignals({
      stop: (signal) => this.onSignal(signal, agent),
      reload: () => void agent.reload(),
    });
    try {
      await lag.start();
      await agent.start();
      startedUp();
      process.stdout.write('==> Tribune agent running!\n');
      return await this.ended;
    } finally {
      await within(STOP_TIMEOUT_MS, agent.stop());
      await lag.stop();
      signals.stop();
      if (config.pidFile !== '') rmSync(config.pidFile, { force: true });
      folder.release();
    }
  }

  /** As Consul: a client leaves, a server only stops; `leave_on_terminate` and `skip_leave_on_interrupt` change that. */
  private onSignal(signal: 'SIGINT' | 'SIGTERM', agent: Agent): void {
    const leaves = signal === 'SIGINT' ? !this.config.skipLeaveOnInterrupt : this.config.leaveOnTerminate;
    this.logger.info('caught signal', { signal, leaves });
    if (!leaves) return this.end(0);
    within(LEAVE_TIMEOUT_MS, agent.leave()).then(
      (left) => this.end(left ? 0 : 1),
      (error: unknown) => {
        this.logger.error('leave failed', { reason: messageOf(error) });
        this.end(1);
      },
    );
  }

  private die(reason: Error): void {
    this.logger.error('the agent cannot go on', { reason: messageOf(reason) });
    this.end(1);
  }

  private endSoon(): void {
    setTimeout(() => this.end(0), ANSWER_GRACE_MS);
  }
}

/** Whether `work` was done in time; it goes on in any case. */
async function within(limitMs: number, work: Promise<void>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => (timer = setTimeout(() => resolve(false), limitMs)));
  return Promise.race([work.then(() => true), late]).finally(() => clearTimeout(timer));
}
