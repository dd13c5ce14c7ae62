import type { CheckDefinition } from '@tribune/protocol';
import { kindOf } from '../checks/probe-of';

export interface ScriptPolicy {
  readonly enableScriptChecks: boolean;
  readonly enableLocalScriptChecks: boolean;
}

/** Why this agent does not run the check, or undefined. Programs are run only where the operator has said so. */
export function refusalOf(check: CheckDefinition, fromFile: boolean, policy: ScriptPolicy): string | undefined {
  if (check.osService !== '') return 'OSService: checks of operating system services are not supported by this agent';
  const runsPrograms = check.args.length > 0 || ['script', 'docker'].includes(kindOf(check));
  if (!runsPrograms || policy.enableScriptChecks) return undefined;
  if (fromFile) {
    return policy.enableLocalScriptChecks
      ? undefined
      : "Scripts are disabled on this agent; to enable, configure 'enable_script_checks' or 'enable_local_script_checks' to true";
  }
  return "Scripts are disabled on this agent from remote calls; to enable, configure 'enable_script_checks' to true";
}
