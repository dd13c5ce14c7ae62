import type { CheckDefinition } from '../api/agent';
import type { JsonValue } from '../model/catalog';
import { EMPTY_CHECK_DEFINITION } from '../model/check-definition';
import { checkTypeProblems } from './check-validation';
import { jsonKind, type DecodedDefinition, type DefinitionProblem, type DefinitionSource } from './definition-problem';
import { decodeRecord, fieldTable, isJsonObject, type FieldTable, type RecordPlace } from './record-decoder';

type Row = Parameters<typeof fieldTable>[0][number];

const COMMON: readonly Row[] = [
  ['name', 'Name', 'string'],
  ['notes', 'Notes', 'string'],
  ['status', 'Status', 'string'],
  ['args', 'ScriptArgs', 'strings'],
  ['args', 'args', 'strings'],
  ['http', 'HTTP', 'string'],
  ['method', 'Method', 'string'],
  ['header', 'Header', 'stringsMap'],
  ['body', 'Body', 'string'],
  ['disableRedirects', 'DisableRedirects', 'bool'],
  ['tcp', 'TCP', 'string'],
  ['udp', 'UDP', 'string'],
  ['grpc', 'GRPC', 'string'],
  ['grpcUseTls', 'GRPCUseTLS', 'bool'],
  ['h2ping', 'H2PING', 'string'],
  ['h2pingUseTls', 'H2PingUseTLS', 'bool'],
  ['ttlNs', 'TTL', 'duration'],
  ['aliasNode', 'AliasNode', 'string'],
  ['aliasService', 'AliasService', 'string'],
  ['dockerContainerId', 'DockerContainerID', 'string'],
  ['shell', 'Shell', 'string'],
  ['osService', 'OSService', 'string'],
  ['tlsServerName', 'TLSServerName', 'string'],
  ['tlsSkipVerify', 'TLSSkipVerify', 'bool'],
  ['intervalNs', 'Interval', 'duration'],
  ['timeoutNs', 'Timeout', 'duration'],
  ['deregisterCriticalServiceAfterNs', 'DeregisterCriticalServiceAfter', 'duration'],
  ['successBeforePassing', 'SuccessBeforePassing', 'int'],
  ['failuresBeforeWarning', 'FailuresBeforeWarning', 'int'],
  ['failuresBeforeCritical', 'FailuresBeforeCritical', 'int'],
  ['outputMaxSize', 'OutputMaxSize', 'int'],
  // Sent by newer clients; there is one namespace and one partition.
  ['', 'Namespace', 'ignored'],
  ['', 'Partition', 'ignored'],
  ['', 'ExposedPort', 'ignored'],
];
const OWN_ID: Row = ['checkId', 'ID', 'string'];
const CHECK_ID: Row = ['checkId', 'CheckID', 'string'];
const SERVICE_ID: Row = ['serviceId', 'ServiceID', 'string'];
const TOKEN: Row = ['token', 'Token', 'string'];

/** A check of its own (`/v1/agent/check/register`, `check` in a file). */
const STANDALONE: Readonly<Record<DefinitionSource, FieldTable>> = {
  http: fieldTable([...COMMON, OWN_ID, SERVICE_ID, TOKEN]),
  file: fieldTable([...COMMON, OWN_ID, CHECK_ID, SERVICE_ID, TOKEN]),
};
/** A check inside a service definition: it belongs to that service whatever it says. */
const OF_SERVICE: Readonly<Record<DefinitionSource, FieldTable>> = {
  http: fieldTable([...COMMON, CHECK_ID, ['', 'ServiceID', 'ignored']]),
  file: fieldTable([...COMMON, CHECK_ID, OWN_ID, ['', 'ServiceID', 'ignored'], ['', 'Token', 'ignored']]),
};

/** Reads one check definition from Consul's JSON and reports everything that is wrong with it. */
export function checkDefinitionFromJson(
  value: JsonValue,
  source: DefinitionSource = 'http',
): DecodedDefinition<CheckDefinition> {
  const problems: DefinitionProblem[] = [];
  if (value !== null && !isJsonObject(value)) {
    problems.push({ kind: 'decode', field: '', text: notARecord(value, 'structs.CheckDefinition') });
    return { definition: EMPTY_CHECK_DEFINITION, problems };
  }
  const place: RecordPlace = { goPrefix: '', path: '' };
  const given = decodeRecord(value ?? {}, STANDALONE[source], place, problems) as Partial<CheckDefinition>;
  const definition = { ...EMPTY_CHECK_DEFINITION, ...given };
  return { definition, problems: [...problems, ...standaloneProblems(definition)] };
}

function standaloneProblems(check: CheckDefinition): DefinitionProblem[] {
  const problems: DefinitionProblem[] = [];
  if (check.name === '') problems.push({ kind: 'invalid', field: 'Name', text: 'Missing check name' });
  if (!isCheckStatus(check.status)) problems.push({ kind: 'invalid', field: 'Status', text: 'Bad check status' });
  return [...problems, ...checkTypeProblems(check, '', 'Invalid check: ')];
}

/** A check inside a service; undefined for one without any field, which Consul passes over. */
export function serviceCheckFromJson(
  value: JsonValue,
  source: DefinitionSource,
  place: RecordPlace,
  problems: DefinitionProblem[],
): CheckDefinition | undefined {
  if (value === null) return undefined;
  if (!isJsonObject(value)) {
    const text = `json: cannot unmarshal ${jsonKind(value)} into Go struct field ${place.goField} of type structs.CheckType`;
    problems.push({ kind: 'decode', field: place.path, text });
    return undefined;
  }
  const given = decodeRecord(value, OF_SERVICE[source], { ...place, path: `${place.path}.` }, problems);
  return Object.keys(given).length > 0 ? { ...EMPTY_CHECK_DEFINITION, ...given } : undefined;
}

export const isCheckStatus = (status: string): boolean => ['', 'passing', 'warning', 'critical'].includes(status);

export const notARecord = (value: JsonValue, goType: string): string =>
  `json: cannot unmarshal ${jsonKind(value)} into Go value of type ${goType}`;
