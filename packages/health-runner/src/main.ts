import { createLogger, messageOf, readOptions, type LogLevel } from '@tribune/platform';
import { createAgentProcess } from './alone/agent-process';
import { commandLineSpecs } from './alone/command-line';

async function main(): Promise<void> {
  const flags = readOptions(commandLineSpecs);
  const format = process.stdout.isTTY ? 'text' : 'json';
  const logger = createLogger({ level: flags['log-level'] as LogLevel, format });
  const agent = await createAgentProcess(flags, logger);
  const stop = (): void => void agent.stop().then(() => process.exit(0));
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  await agent.start();
  logger.info('health runner is ready', { grpcPort: agent.grpcPort, adminPort: agent.adminPort });
}

main().catch((error: unknown) => {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exit(1);
});
