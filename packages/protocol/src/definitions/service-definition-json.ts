import type { CheckDefinition, ServiceDefinition } from '../api/agent';
import type { JsonObject, JsonValue, ServiceAddress, Weights } from '../model/catalog';
import { notARecord, serviceCheckFromJson } from './check-definition-json';
import { jsonKind, type DecodedDefinition, type DefinitionProblem, type DefinitionSource } from './definition-problem';
import { proxyFromJson } from './proxy-json';
import { decodeRecord, fieldTable, isJsonObject, normalisedKey } from './record-decoder';
import { serviceProblems } from './service-validation';

const SERVICE = fieldTable([
  ['kind', 'Kind', 'serviceKind'],
  ['id', 'ID', 'string'],
  ['name', 'Name', 'string'],
  ['tags', 'Tags', 'strings'],
  ['address', 'Address', 'string'],
  ['taggedAddresses', 'TaggedAddresses', 'json'],
  ['meta', 'Meta', 'stringMap'],
  ['port', 'Port', 'int'],
  ['check', 'Check', 'json'],
  ['checks', 'Checks', 'json'],
  ['weights', 'Weights', 'json'],
  ['token', 'Token', 'string'],
  ['enableTagOverride', 'EnableTagOverride', 'bool'],
  ['proxy', 'Proxy', 'json'],
  ['connect', 'Connect', 'json'],
  // Sent by newer clients; there is one namespace and one partition.
  ['namespace', 'Namespace', 'string'],
  ['partition', 'Partition', 'string'],
]);
const ADDRESS = fieldTable([
  ['address', 'Address', 'string'],
  ['port', 'Port', 'int'],
]);
const WEIGHTS = fieldTable([
  ['passing', 'Passing', 'int'],
  ['warning', 'Warning', 'int'],
]);
const CONNECT = fieldTable([
  ['native', 'Native', 'bool'],
  ['sidecarService', 'SidecarService', 'json'],
]);

/** Consul's weights for an instance that was registered without any. */
export const DEFAULT_WEIGHTS: Weights = { passing: 1, warning: 1 };

interface Reading {
  readonly source: DefinitionSource;
  readonly problems: DefinitionProblem[];
}

/** Reads one service definition from Consul's JSON and reports everything that is wrong with it. */
export function serviceDefinitionFromJson(
  value: JsonValue,
  source: DefinitionSource = 'http',
): DecodedDefinition<ServiceDefinition> {
  const reading: Reading = { source, problems: [] };
  if (value !== null && !isJsonObject(value)) {
    reading.problems.push({ kind: 'decode', field: '', text: notARecord(value, 'structs.ServiceDefinition') });
  }
  const definition = readService(value !== null && isJsonObject(value) ? value : {}, '', reading);
  return { definition, problems: [...reading.problems, ...serviceProblems(definition)] };
}

function readService(value: JsonObject, path: string, reading: Reading): ServiceDefinition {
  const given = decodeRecord(value, SERVICE, { goPrefix: '', path }, reading.problems) as Record<string, never>;
  const text = (name: string): string => given[name] ?? '';
  for (const field of ['namespace', 'partition']) {
    if (!['', 'default'].includes(text(field))) reading.problems.push(onlyDefault(field, path));
  }
  const connect = readConnect(given.connect ?? null, path, reading);
  return {
    service: {
      // A sidecar's id and name are made by the agent that registers it, from those of its service.
      id: path === '' ? text('id') || text('name') : text('id'),
      service: text('name'),
      kind: text('kind'),
      tags: given.tags ?? null,
      address: text('address'),
      port: given.port ?? 0,
      taggedAddresses: readTaggedAddresses(given.taggedAddresses ?? null, path, reading.problems),
      meta: given.meta ?? null,
      weights: readWeights(given.weights ?? null, path, reading.problems),
      enableTagOverride: given.enableTagOverride ?? false,
      proxy: proxyFromJson(given.proxy ?? null, '.Proxy', `${path}Proxy`, reading.problems),
      connectNative: connect.native,
    },
    checks: readChecks(given.check ?? null, given.checks ?? null, path, reading),
    token: text('token'),
    ...(connect.sidecar ? { sidecar: connect.sidecar } : {}),
  };
}

const onlyDefault = (field: string, path: string): DefinitionProblem => ({
  kind: 'invalid',
  field: path + field,
  text: `Invalid ${field}: only "default" exists`,
});

function readChecks(check: JsonValue, checks: JsonValue, path: string, reading: Reading): CheckDefinition[] {
  const { source, problems } = reading;
  const single = serviceCheckFromJson(
    check,
    source,
    { goPrefix: '', goField: '.Check', path: `${path}Check` },
    problems,
  );
  const found = single ? [single] : [];
  if (checks !== null && !Array.isArray(checks)) {
    const text = `json: cannot unmarshal ${jsonKind(checks)} into Go struct field .Checks of type structs.CheckTypes`;
    problems.push({ kind: 'decode', field: `${path}Checks`, text });
    return found;
  }
  for (const [i, item] of ((checks ?? []) as readonly JsonValue[]).entries()) {
    const place = { goPrefix: '', goField: '.Checks', path: `${path}Checks[${i}]` };
    const one = serviceCheckFromJson(item, source, place, problems);
    // Unlike `Check`, an entry of the list counts even when it is empty (and is then refused for want of a TTL).
    if (one) found.push(one);
    else if (item === null || isJsonObject(item)) problems.push(emptyCheck(place.path));
  }
  return found;
}

const emptyCheck = (field: string): DefinitionProblem => ({
  kind: 'invalid',
  field,
  text: 'Invalid check: TTL must be > 0 for TTL checks',
});

function readWeights(value: JsonValue, path: string, problems: DefinitionProblem[]): Weights {
  if (value === null) return DEFAULT_WEIGHTS;
  const record = memberRecord(value, '.Weights', 'structs.Weights', `${path}Weights`, problems);
  if (!record) return DEFAULT_WEIGHTS;
  const place = { goPrefix: 'Weights.Weights', path: `${path}Weights.` };
  return { passing: 0, warning: 0, ...(decodeRecord(record, WEIGHTS, place, problems) as Partial<Weights>) };
}

function readTaggedAddresses(
  value: JsonValue,
  path: string,
  problems: DefinitionProblem[],
): Record<string, ServiceAddress> | null {
  if (value === null) return null;
  const where = `${path}TaggedAddresses`;
  const record = memberRecord(value, '.TaggedAddresses', 'map[string]structs.ServiceAddress', where, problems);
  const addresses: [string, ServiceAddress][] = [];
  for (const [name, item] of Object.entries(record ?? {})) {
    const place = { goPrefix: 'ServiceAddress.TaggedAddresses', path: `${where}.${name}.` };
    const one = memberRecord(item, '.TaggedAddresses', 'structs.ServiceAddress', `${where}.${name}`, problems) ?? {};
    addresses.push([name, { address: '', port: 0, ...decodeRecord(one, ADDRESS, place, problems) }]);
  }
  return addresses.length > 0 ? Object.fromEntries(addresses) : null;
}

function readConnect(
  value: JsonValue,
  path: string,
  reading: Reading,
): { readonly native: boolean; readonly sidecar?: ServiceDefinition } {
  if (value === null) return { native: false };
  const record = memberRecord(value, '.Connect', 'structs.ServiceConnect', `${path}Connect`, reading.problems);
  if (!record) return { native: false };
  const place = { goPrefix: '', goField: '.Connect', path: `${path}Connect.` };
  // Consul passes over unknown members here, and only here.
  const known = Object.fromEntries(Object.entries(record).filter(([key]) => CONNECT.has(normalisedKey(key))));
  const given = decodeRecord(known, CONNECT, place, reading.problems);
  const native = given.native === true;
  const sidecar = given.sidecarService as JsonValue | undefined;
  if (sidecar === undefined) return { native };
  const at = `${path}Connect.SidecarService`;
  const body = memberRecord(sidecar, '.Connect', 'structs.ServiceDefinition', at, reading.problems);
  return body ? { native, sidecar: readService(body, `${at}.`, reading) } : { native };
}

function memberRecord(
  value: JsonValue,
  goField: string,
  goType: string,
  path: string,
  problems: DefinitionProblem[],
): JsonObject | undefined {
  if (value !== null && isJsonObject(value)) return value;
  if (value !== null) {
    const text = `json: cannot unmarshal ${jsonKind(value)} into Go struct field ${goField} of type ${goType}`;
    problems.push({ kind: 'decode', field: path, text });
  }
  return undefined;
}
