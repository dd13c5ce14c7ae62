import { createLogger, readOptions, runPiece, type WhenTold } from '@tribune/platform';
import { commandLineSpecs, readCommandLine } from './alone/command-line';
import { createFrontEndProcess } from './alone/front-end-process';

/** Time for the answer to `PUT /v1/agent/leave` to reach its client. */
const ANSWER_GRACE_MS = 50;

async function main(whenTold: WhenTold): Promise<void> {
  const flags = readOptions(commandLineSpecs);
  const line = readCommandLine(flags);
  const logger = createLogger({ level: line.logLevel, format: process.stdout.isTTY ? 'text' : 'json' });
  const stop = (): void => void frontEnd.stop().then(() => process.exit(0));
  const frontEnd = createFrontEndProcess(flags, line, logger, () => setTimeout(stop, ANSWER_GRACE_MS));
  whenTold(stop);
  await frontEnd.start();
  const { httpPort, grpcPort, adminPort } = frontEnd;
  logger.info('front end is up', { httpPort, grpcPort, adminPort });
}

runPiece(main);
