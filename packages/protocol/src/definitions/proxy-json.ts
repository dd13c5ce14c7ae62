import type { JsonObject, JsonValue } from '../model/catalog';
import { jsonKind, type DefinitionProblem } from './definition-problem';
import { isJsonObject, normalisedKey } from './record-decoder';

/** How a value inside `Proxy` is rewritten: keys known by their spelling, opaque ones (user configuration) kept. */
type Shape = { readonly [goName: string]: Shape | readonly [Shape] | 'value' | 'opaque' };

const MESH_GATEWAY: Shape = { Mode: 'value' };
const UPSTREAM: Shape = {
  DestinationType: 'value',
  DestinationNamespace: 'value',
  DestinationPartition: 'value',
  DestinationPeer: 'value',
  DestinationName: 'value',
  Datacenter: 'value',
  LocalBindAddress: 'value',
  LocalBindPort: 'value',
  LocalBindSocketPath: 'value',
  LocalBindSocketMode: 'value',
  Config: 'opaque',
  MeshGateway: MESH_GATEWAY,
};
const EXPOSED_PATH: Shape = {
  ListenerPort: 'value',
  Path: 'value',
  LocalPathPort: 'value',
  Protocol: 'value',
  ParsedFromCheck: 'value',
};
const PROXY: Shape = {
  DestinationServiceName: 'value',
  DestinationServiceID: 'value',
  LocalServiceAddress: 'value',
  LocalServicePort: 'value',
  LocalServiceSocketPath: 'value',
  Mode: 'value',
  Config: 'opaque',
  Upstreams: [UPSTREAM],
  MeshGateway: MESH_GATEWAY,
  Expose: {
    Checks: 'value',
    Paths: [EXPOSED_PATH],
  },
  TransparentProxy: { OutboundListenerPort: 'value', DialedDirectly: 'value' },
};

/** Rewrites the keys of a `Proxy` object to Consul's spelling and adds the members Consul always prints. */
export function proxyFromJson(
  value: JsonValue,
  goField: string,
  path: string,
  problems: DefinitionProblem[],
): JsonObject | null {
  if (value === null) return null;
  if (!isJsonObject(value)) {
    const text = `json: cannot unmarshal ${jsonKind(value)} into Go struct field ${goField} of type structs.ConnectProxyConfig`;
    problems.push({ kind: 'decode', field: path, text });
    return null;
  }
  const proxy = reshape(value, PROXY, `${path}.`, problems);
  const upstreams = proxy.Upstreams;
  return {
    ...proxy,
    ...(Array.isArray(upstreams) ? { Upstreams: upstreams.map(withUpstreamDefaults) } : {}),
    MeshGateway: proxy.MeshGateway ?? {},
    Expose: withExposeDefaults(proxy.Expose),
  };
}

function withExposeDefaults(expose: JsonValue | undefined): JsonObject {
  if (expose === undefined || !isJsonObject(expose)) return {};
  const { Paths: paths } = expose;
  if (!Array.isArray(paths)) return expose;
  return {
    ...expose,
    Paths: (paths as readonly JsonObject[]).map((path) => ({
      ...path,
      ParsedFromCheck: path.ParsedFromCheck ?? false,
    })),
  };
}

/** The members that the catalog always prints, in the order of Go's struct. */
function withUpstreamDefaults(upstream: JsonObject): JsonObject {
  const full: JsonObject = { DestinationType: 'service', Datacenter: '', Config: null, MeshGateway: {}, ...upstream };
  return Object.fromEntries(
    Object.keys(UPSTREAM)
      .filter((name) => name in full)
      .map((name) => [name, full[name]!]),
  );
}

/** Members come out in the order of the shape, as Go prints them. */
function reshape(value: JsonObject, shape: Shape, path: string, problems: DefinitionProblem[]): JsonObject {
  const given = new Map<string, JsonValue>();
  const names = new Map(Object.keys(shape).map((name) => [normalisedKey(name), name]));
  for (const [key, member] of Object.entries(value)) {
    const name = names.get(normalisedKey(key));
    if (!name) problems.push({ kind: 'decode', field: path + key, text: `json: unknown field "${key}"` });
    else if (member !== null) given.set(name, reshapeMember(member, shape[name]!, `${path}${name}.`, problems));
  }
  const ordered = Object.keys(shape).filter((name) => given.has(name));
  return Object.fromEntries(ordered.map((name) => [name, given.get(name)!]));
}

function reshapeMember(value: JsonValue, shape: Shape[string], path: string, problems: DefinitionProblem[]): JsonValue {
  if (shape === 'opaque' || shape === 'value') return value;
  if (Array.isArray(shape)) {
    const [item] = shape as readonly [Shape];
    return Array.isArray(value)
      ? (value as readonly JsonValue[]).map((one) => (isJsonObject(one) ? reshape(one, item, path, problems) : one))
      : value;
  }
  return isJsonObject(value) ? reshape(value, shape as Shape, path, problems) : value;
}
