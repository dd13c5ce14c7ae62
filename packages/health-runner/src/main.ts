import { createLogger, readOptions, runPiece, type LogLevel, type WhenTold } from '@tribune/platform';
import { createAgentProcess } from './alone/agent-process';
import { commandLineSpecs } from './alone/command-line';

async function main(whenTold: WhenTold): Promise<void> {
  const flags = readOptions(commandLineSpecs);
  const format = process.stdout.isTTY ? 'text' : 'json';
  const logger = createLogger({ level: flags['log-level'] as LogLevel, format });
  const agent = await createAgentProcess(flags, logger);
  const stop = (): void => void agent.stop().then(() => process.exit(0));
  whenTold(stop);
  await agent.start();
  logger.info('health runner is ready', { grpcPort: agent.grpcPort, adminPort: agent.adminPort });
}

runPiece(main);
