import type { CheckDefinition } from '../api/agent';
import type { DefinitionProblem } from './definition-problem';

/** The fields that say how a check is run, with the name to show. Each needs an interval. */
const TARGETS: readonly (readonly [string, (check: CheckDefinition) => boolean])[] = [
  ['HTTP', (check) => check.http !== ''],
  ['TCP', (check) => check.tcp !== ''],
  ['UDP', (check) => check.udp !== ''],
  ['GRPC', (check) => check.grpc !== ''],
  ['H2PING', (check) => check.h2ping !== ''],
  ['OSService', (check) => check.osService !== ''],
  ['ScriptArgs', (check) => check.args.length > 0],
];

export const isAlias = (check: CheckDefinition): boolean => check.aliasNode !== '' || check.aliasService !== '';

/** The rules of Consul's `CheckType.Validate`, in its order; all that are broken, not only the first. */
export function checkTypeProblems(check: CheckDefinition, path: string, prefix: string): DefinitionProblem[] {
  const runs = TARGETS.some(([, isSet]) => isSet(check));
  const rules: [broken: boolean, field: string, text: string][] = [
    [check.intervalNs > 0 && check.ttlNs > 0, 'Interval', 'Interval and TTL cannot both be specified'],
    [runs && check.intervalNs <= 0, 'Interval', 'Interval must be > 0 for Script, HTTP, or TCP checks'],
    [runs && isAlias(check), 'Interval', 'Interval cannot be set for Alias checks'],
    [isAlias(check) && check.ttlNs > 0, 'TTL', 'TTL must be not be set for Alias checks'],
    [!runs && !isAlias(check) && check.ttlNs <= 0, 'TTL', 'TTL must be > 0 for TTL checks'],
    [check.outputMaxSize < 0, 'OutputMaxSize', 'MaxOutputMaxSize must be positive'],
    [
      check.failuresBeforeWarning > check.failuresBeforeCritical,
      'FailuresBeforeWarning',
      "FailuresBeforeWarning can't be higher than FailuresBeforeCritical",
    ],
  ];
  return rules
    .filter(([broken]) => broken)
    .map(([, field, text]) => ({ kind: 'invalid', field: path + field, text: prefix + text }));
}
