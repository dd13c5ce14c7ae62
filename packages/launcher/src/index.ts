/**
 * The agent: reads its configuration, starts the pieces in order, supervises them, stops them in reverse.
 * @packageDocumentation
 */
export type { AgentConfig, HostPort, JoinPlan, ListenAddress } from './config/agent-config';
export { loadConfig } from './config/load-config';
export { readServiceFiles, type ServiceFiles, type ServiceInFile } from './config/read-service-files';
export { parseFlags, type Flags } from './config/load/flags';
export { flagHelp } from './config/load/flag-help';
export { ConfigError, problemLine, type Problem } from './config/schema/problem';
export { runAgent } from './agent/run-agent';
export { CONSUL_VERSION, TRIBUNE_VERSION } from './agent/version';
export { runValidate } from './agent/run-validate';
