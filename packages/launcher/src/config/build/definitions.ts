import {
  checkDefinitionFromJson,
  serviceDefinitionFromJson,
  type CheckDefinition,
  type DecodedDefinition,
  type DefinitionProblem,
  type ServiceDefinition,
} from '@tribune/protocol';
import type { DecodedAgent } from '../schema/agent-fields';
import type { PlainObject } from '../hcl/plain-tree';
import type { Report } from './addresses';

export interface Definitions {
  readonly services: readonly ServiceDefinition[];
  readonly checks: readonly CheckDefinition[];
}

/** Reads `service`, `services`, `check` and `checks`; a problem is reported as `services[0].checks[1].interval`. */
export function readDefinitions(given: DecodedAgent, report: Report): Definitions {
  const services = [
    ...readAll('service', given.service, readService, report),
    ...readAll('services', given.services, readService, report),
  ];
  const checks = [
    ...readAll('check', given.check, readCheck, report),
    ...readAll('checks', given.checks, readCheck, report),
  ];
  reportTwice(
    'services',
    services.map((one) => one.service.id),
    report,
  );
  reportTwice('checks', checks.map((one) => one.checkId).filter(Boolean), report);
  return { services, checks };
}

const readService = (value: PlainObject) => serviceDefinitionFromJson(unwrapped(value), 'file');
const readCheck = (value: PlainObject) => checkDefinitionFromJson(unwrapped(value), 'file');

function readAll<T>(
  key: string,
  values: readonly PlainObject[],
  read: (value: PlainObject) => DecodedDefinition<T>,
  report: Report,
): T[] {
  return values.map((value, index) => {
    // `service { … }` is one thing; the plural, and the singular that several files gave, are lists.
    const place = key.endsWith('s') || values.length > 1 ? `${key}[${index}]` : key;
    const { definition, problems } = read(value);
    for (const problem of problems) report(`${place}.${pathOf(problem)}`.replace(/\.$/, ''), sentenceOf(problem));
    return definition;
  });
}

/** In HCL, `checks { … }` may have been written for `check { … }` and the other way round: both readings are a list. */
export function unwrapped(value: PlainObject): PlainObject {
  return Array.isArray(value.check)
    ? { ...value, check: null, checks: [...value.check, ...((value.checks ?? []) as [])] }
    : value;
}

/** `Checks[1].DeregisterCriticalServiceAfter` → `checks[1].deregister_critical_service_after`. */
function pathOf({ field }: DefinitionProblem): string {
  return field
    .split('.')
    .map((part) => (part === 'ScriptArgs' ? 'args' : snakeCase(part)))
    .join('.');
}

function snakeCase(name: string): string {
  return name
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1_$2')
    .toLowerCase()
    .replace('h2_ping', 'h2ping');
}

/** Go's decoder messages say it in Go's terms; say it in the file's. */
function sentenceOf({ text }: DefinitionProblem): string {
  const unknown = /^json: unknown field/.test(text);
  const misfit = /^json: cannot unmarshal (.+) into Go (?:struct field \S* of type|value of type) (\S+)$/.exec(text);
  if (unknown) return 'invalid config key';
  if (misfit) return `expected ${GO_TYPES[misfit[2]!] ?? 'an object'}, got ${misfit[1]}`;
  return text.replace(/^time: /, '');
}

const GO_TYPES: Readonly<Record<string, string>> = {
  string: 'text',
  int: 'a whole number',
  bool: 'true or false',
  '[]string': 'a list of texts',
  'map[string]string': 'an object of texts',
  'map[string][]string': 'an object of lists of texts',
  'structs.CheckTypes': 'a list of objects',
};

function reportTwice(key: string, ids: readonly string[], report: Report): void {
  const twice = new Set(ids.filter((id, index) => id !== '' && ids.indexOf(id) !== index));
  for (const id of twice) report(key, `the id ${JSON.stringify(id)} is given more than once`);
}
