import type { JsonObject, JsonValue } from '../model/catalog';
import { jsonKind, type DefinitionProblem } from './definition-problem';
import { isJsonObject, normalisedKey } from './record-decoder';

/** A member of `Proxy`: a scalar of a Go type, an object, a list of objects, or user configuration kept as it came. */
type Shape = 'string' | 'int' | 'bool' | 'opaque' | Struct | readonly [Struct];
type Struct = { readonly [goName: string]: Shape };

const MESH_GATEWAY: Struct = { Mode: 'string' };
const UPSTREAM: Struct = {
  DestinationType: 'string',
  DestinationNamespace: 'string',
  DestinationPartition: 'string',
  DestinationPeer: 'string',
  DestinationName: 'string',
  Datacenter: 'string',
  LocalBindAddress: 'string',
  LocalBindPort: 'int',
  LocalBindSocketPath: 'string',
  LocalBindSocketMode: 'string',
  Config: 'opaque',
  MeshGateway: MESH_GATEWAY,
};
const EXPOSED_PATH: Struct = {
  ListenerPort: 'int',
  Path: 'string',
  LocalPathPort: 'int',
  Protocol: 'string',
  ParsedFromCheck: 'bool',
};
const PROXY: Struct = {
  DestinationServiceName: 'string',
  DestinationServiceID: 'string',
  LocalServiceAddress: 'string',
  LocalServicePort: 'int',
  LocalServiceSocketPath: 'string',
  Mode: 'string',
  Config: 'opaque',
  Upstreams: [UPSTREAM],
  MeshGateway: MESH_GATEWAY,
  Expose: { Checks: 'bool', Paths: [EXPOSED_PATH] },
  TransparentProxy: { OutboundListenerPort: 'int', DialedDirectly: 'bool' },
};

interface Place {
  /** How Go names the outer field in error texts. */
  readonly goField: string;
  readonly path: string;
  readonly problems: DefinitionProblem[];
}

/** Rewrites the keys of a `Proxy` object to Consul's spelling and adds the members Consul always prints. */
export function proxyFromJson(
  value: JsonValue,
  goField: string,
  path: string,
  problems: DefinitionProblem[],
): JsonObject | null {
  if (value === null) return null;
  if (!isJsonObject(value)) {
    misfit(value, 'structs.ConnectProxyConfig', { goField, path, problems });
    return null;
  }
  const proxy = reshape(value, PROXY, { goField, path, problems });
  const upstreams = proxy.Upstreams as readonly JsonObject[] | undefined;
  return {
    ...proxy,
    ...(upstreams ? { Upstreams: upstreams.map(withUpstreamDefaults) } : {}),
    MeshGateway: proxy.MeshGateway ?? {},
    Expose: withExposeDefaults(proxy.Expose as JsonObject | undefined),
  };
}

function withExposeDefaults(expose: JsonObject = {}): JsonObject {
  const paths = expose.Paths as readonly JsonObject[] | undefined;
  return paths
    ? { ...expose, Paths: paths.map((path) => ({ ...path, ParsedFromCheck: path.ParsedFromCheck ?? false })) }
    : expose;
}

/** The members that the catalog always prints, in the order of Go's struct. */
function withUpstreamDefaults(upstream: JsonObject): JsonObject {
  const full: JsonObject = { DestinationType: 'service', Datacenter: '', Config: null, MeshGateway: {}, ...upstream };
  return inOrder(UPSTREAM, new Map(Object.entries(full)));
}

/** Members come out in the order of the struct, as Go prints them; null leaves the default. */
function reshape(value: JsonObject, struct: Struct, place: Place): JsonObject {
  const names = new Map(Object.keys(struct).map((name) => [normalisedKey(name), name]));
  const given = new Map<string, JsonValue>();
  for (const [key, member] of Object.entries(value)) {
    const name = names.get(normalisedKey(key));
    const path = `${place.path}.${name ?? key}`;
    if (!name) place.problems.push({ kind: 'decode', field: path, text: `json: unknown field "${key}"` });
    else if (member !== null) given.set(name, reshapeMember(member, struct[name]!, { ...place, path }));
  }
  return inOrder(struct, given);
}

function inOrder(struct: Struct, given: ReadonlyMap<string, JsonValue>): JsonObject {
  const names = Object.keys(struct).filter((name) => given.has(name));
  return Object.fromEntries(names.map((name) => [name, given.get(name)!]));
}

function reshapeMember(value: JsonValue, shape: Shape, place: Place): JsonValue {
  if (typeof shape === 'string') return scalar(value, shape, place);
  if (!Array.isArray(shape)) return structOf(value, shape as Struct, place);
  const [item] = shape as readonly [Struct];
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map((one) => structOf(one, item, place));
  misfit(value, '[]struct', place);
  return [];
}

function structOf(value: JsonValue, struct: Struct, place: Place): JsonObject {
  if (isJsonObject(value)) return reshape(value, struct, place);
  if (value !== null) misfit(value, 'struct', place);
  return {};
}

const ZEROS = { string: '', int: 0, bool: false } as const;

function scalar(value: JsonValue, type: 'string' | 'int' | 'bool' | 'opaque', place: Place): JsonValue {
  if (type === 'opaque') return value;
  const isFit =
    type === 'string' ? typeof value === 'string' : type === 'bool' ? typeof value === 'boolean' : isInteger(value);
  if (!isFit) misfit(value, type, place);
  return isFit ? value : ZEROS[type];
}

const isInteger = (value: JsonValue): boolean => typeof value === 'bigint' || Number.isSafeInteger(value);

function misfit(value: JsonValue, goType: string, { goField, path, problems }: Place): void {
  const text = `json: cannot unmarshal ${jsonKind(value)} into Go struct field ${goField} of type ${goType}`;
  problems.push({ kind: 'decode', field: path, text });
}
