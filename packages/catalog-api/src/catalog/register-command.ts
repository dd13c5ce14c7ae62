import type { ServiceInstance, Weights } from '@tribune/protocol';
import type { RegisterCommand, Unindexed } from '@tribune/state-store';
import { checkOf } from './check-definition.json';
import { proxyJson } from './proxy.json';
import type { InstanceRequest, RegisterRequest } from './register.json';

/** Node, service and checks as a command. Whether they make sense has been checked. */
export function registerCommand(request: RegisterRequest, datacenter: string): RegisterCommand {
  const checks = [...(request.Checks ?? []), request.Check].filter((one) => one !== null);
  return {
    type: 'register',
    node: {
      id: request.ID,
      node: request.Node,
      address: request.Address,
      datacenter: request.Datacenter || datacenter,
      taggedAddresses: request.TaggedAddresses,
      meta: request.NodeMeta,
    },
    skipNodeUpdate: request.SkipNodeUpdate,
    ...(request.Service ? { service: instanceOf(request.Service) } : {}),
    checks: checks.map((one) => checkOf(one, request.Node)),
  };
}

export function instanceOf(from: InstanceRequest): Omit<Unindexed<ServiceInstance>, 'node'> {
  return {
    id: from.ID || from.Service,
    service: from.Service,
    kind: from.Kind,
    tags: from.Tags,
    address: from.Address,
    port: from.Port,
    taggedAddresses:
      from.TaggedAddresses &&
      Object.fromEntries(
        Object.entries(from.TaggedAddresses).map(([name, one]) => [name, { address: one.Address, port: one.Port }]),
      ),
    meta: from.Meta,
    weights: weightsOf(from),
    enableTagOverride: from.EnableTagOverride,
    proxy: proxyJson(from.Proxy),
    connectNative: from.Connect.Native,
  };
}

const WEIGHT_MAX = 65_535;

/** Weights that mean nothing count as none were given. */
function weightsOf({ Weights: given }: InstanceRequest): Weights {
  const isUsable =
    given && given.Passing >= 1 && given.Warning >= 0 && Math.max(given.Passing, given.Warning) <= WEIGHT_MAX;
  return isUsable ? { passing: given.Passing, warning: given.Warning } : { passing: 1, warning: 1 };
}
