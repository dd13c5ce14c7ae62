/**
 * The agent: reads its configuration, starts the pieces in order, supervises them, stops them in reverse.
 * @packageDocumentation
 */
import type * as RunAgentModule from './agent/run-agent';
import { keepYoungGenerationSmall } from './agent/young-generation';

export type { AgentConfig, HostPort, JoinPlan, ListenAddress } from './config/agent-config';
export { loadConfig } from './config/load-config';
export { findFiles } from './config/load/find-files';
export { flagHelp } from './config/load/flag-help';
export { parseFlags, type Flags } from './config/load/flags';
export { readServiceFiles, type ServiceFiles, type ServiceInFile } from './config/read-service-files';
export { readSource, type Source, type SourceFormat } from './config/load/read-source';
export { ConfigError, problemLine, type Problem } from './config/schema/problem';
export { runValidate } from './agent/run-validate';
export { CONSUL_VERSION, TRIBUNE_VERSION } from './agent/version';

/** `tribune agent`: the exit code. The pieces are loaded only now, so that whoever needs the configuration pays for no more. */
export function runAgent(argv: readonly string[]): Promise<number> {
  const startedUp = keepYoungGenerationSmall();
  return (require('./agent/run-agent') as typeof RunAgentModule).runAgent(argv, startedUp);
}
