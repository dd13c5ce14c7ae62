import type { HealthRunnerOptions } from '@tribune/health-runner';
import type { AgentConfig } from '../../config/agent-config';
import { localNodeOf, type AgentIdentity } from '../identity';

const NS_PER_MS = 1e6;

export function healthOptionsOf(config: AgentConfig, identity: AgentIdentity): HealthRunnerOptions {
  return {
    node: localNodeOf(config, identity),
    ...(config.isDev ? {} : { dataDir: identity.dataPath }),
    services: config.services,
    checks: config.checks,
    enableScriptChecks: config.scriptChecks === 'on',
    enableLocalScriptChecks: config.scriptChecks !== 'off',
    checkUpdateIntervalNs: config.checkUpdateIntervalMs * NS_PER_MS,
    checkOutputMaxSize: config.checkOutputBytesMax,
    discardCheckOutput: config.discardCheckOutput,
  };
}
