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
  for (const upstream of instance.Proxy.Upstreams ?? []) {
    if (upstream.DestinationName === '') yield 'upstream destination name cannot be empty';
    if (upstream.LocalBindPort === 0) yield 'upstream local bind port cannot be zero';
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
