import { quoteGo } from '@tribune/platform';
import type { InstanceRequest } from './register.json';

const GATEWAYS = new Set(['mesh-gateway', 'terminating-gateway', 'ingress-gateway']);

/** Why an instance of its kind cannot be registered, in Consul's words, all reasons at once; undefined when it can. */
export function instanceProblem(instance: InstanceRequest): string | undefined {
  const reasons = [...proxyProblems(instance), ...gatewayProblems(instance)];
  if (reasons.length === 0) return undefined;
  const title = reasons.length === 1 ? '1 error' : `${reasons.length} errors`;
  return `${title} occurred:\n${reasons.map((reason) => `\t* ${reason}\n`).join('')}\n`;
}

function* proxyProblems(instance: InstanceRequest): Iterable<string> {
  if (instance.Kind !== 'connect-proxy') return;
  if (instance.Proxy.DestinationServiceName.trim() === '') {
    yield 'Proxy.DestinationServiceName must be non-empty for Connect proxy services';
  }
  if (instance.Port === 0) yield 'Port must be set for a Connect proxy';
  if (instance.Connect.Native) yield 'A Proxy cannot also be Connect Native, only typical services';
  yield* upstreamsProblems(instance.Proxy.Upstreams ?? []);
  yield* exposeProblems(instance.Proxy.Expose.Paths ?? []);
}

type Upstream = NonNullable<InstanceRequest['Proxy']['Upstreams']>[number];
const UPSTREAM_TYPES = new Set(['', 'service', 'prepared_query']);

function* upstreamsProblems(upstreams: readonly Upstream[]): Iterable<string> {
  const targets = new Set<string>();
  const listeners = new Set<string>();
  for (const upstream of upstreams) {
    const problem = upstreamProblem(upstream);
    const {
      DestinationType: type,
      DestinationName: name,
      DestinationNamespace: namespace,
      Datacenter: datacenter,
    } = upstream;
    const target = `[type=${quoteGo(type)}, name=${quoteGo(name)}, namespace=${quoteGo(namespace)}, datacenter=${quoteGo(datacenter)}]`;
    const listener = `${upstream.LocalBindAddress || '127.0.0.1'}:${upstream.LocalBindPort}`;
    if (problem !== undefined) yield problem;
    else if (targets.has(target)) yield `upstreams cannot contain duplicates of ${target}`;
    else if (listeners.has(listener)) {
      yield `upstreams cannot contain duplicates by local bind address and port; ${quoteGo(listener)} is specified twice`;
    } else {
      targets.add(target);
      listeners.add(listener);
    }
  }
}

function upstreamProblem(upstream: Upstream): string | undefined {
  if (!UPSTREAM_TYPES.has(upstream.DestinationType)) {
    return `unknown upstream destination type: ${quoteGo(upstream.DestinationType)}`;
  }
  if (upstream.DestinationName === '') return 'upstream destination name cannot be empty';
  return upstream.LocalBindPort === 0 ? 'upstream local bind port cannot be zero' : undefined;
}

type ExposePath = NonNullable<InstanceRequest['Proxy']['Expose']['Paths']>[number];

function* exposeProblems(paths: readonly ExposePath[]): Iterable<string> {
  const known = new Set<string>();
  const listeners = new Set<number>();
  for (const { Path: path, ListenerPort: port } of paths) {
    if (path === '') yield 'expose.paths: empty path exposed';
    if (known.has(path)) yield 'expose.paths: duplicate paths exposed';
    if (listeners.has(port)) yield 'expose.paths: duplicate listener ports exposed';
    if (port <= 0 || port > 65_535) yield `expose.paths: invalid listener port: ${port}`;
    known.add(path);
    listeners.add(port);
  }
}

function* gatewayProblems(instance: InstanceRequest): Iterable<string> {
  const { Kind: kind, Proxy: proxy } = instance;
  if (!GATEWAYS.has(kind)) return;
  if (instance.Port === 0 && kind !== 'ingress-gateway') yield `Port must be non-zero for a ${kind}`;
  if (instance.Connect.SidecarService !== null) yield `A ${kind} cannot have a sidecar service defined`;
  if (proxy.DestinationServiceName !== '')
    yield `The Proxy.DestinationServiceName configuration is invalid for a ${kind}`;
  if (proxy.DestinationServiceID !== '') yield `The Proxy.DestinationServiceID configuration is invalid for a ${kind}`;
  if (proxy.LocalServiceAddress !== '') yield `The Proxy.LocalServiceAddress configuration is invalid for a ${kind}`;
  if (proxy.LocalServicePort !== 0) yield `The Proxy.LocalServicePort configuration is invalid for a ${kind}`;
  if ((proxy.Upstreams ?? []).length > 0) yield `The Proxy.Upstreams configuration is invalid for a ${kind}`;
}
