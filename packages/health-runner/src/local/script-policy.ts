import type { AgentOutcome, CheckDefinition } from '@tribune/protocol';
import { kindOf } from '../checks/probe-of';
import { failed, invalid } from './outcomes';

export interface ScriptPolicy {
  readonly enableScriptChecks: boolean;
  readonly enableLocalScriptChecks: boolean;
}

const LOCAL =
  "Scripts are disabled on this agent; to enable, configure 'enable_script_checks' or 'enable_local_script_checks' to true";
const REMOTE =
  "Scripts are disabled on this agent from remote calls; to enable, configure 'enable_script_checks' to true";

/** Why this agent does not run the check, or undefined. Programs are run only where the operator has said so. */
export function refusalOf(check: CheckDefinition, fromFile: boolean, policy: ScriptPolicy): AgentOutcome | undefined {
  if (check.osService !== '') return invalid('Invalid check: OSService is not supported by this agent');
  const runsPrograms = check.args.length > 0 || ['script', 'docker'].includes(kindOf(check));
  if (!runsPrograms || policy.enableScriptChecks) return undefined;
  if (!fromFile) return failed(REMOTE);
  return policy.enableLocalScriptChecks ? undefined : failed(LOCAL);
}
