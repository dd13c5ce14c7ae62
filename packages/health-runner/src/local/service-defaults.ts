import { isIP } from 'node:net';
import type { ServiceAddress, ServiceDefinition } from '@tribune/protocol';

type Service = ServiceDefinition['service'];

/** An IP address of the service is also its tagged address of that family, unless one was given. */
export function withTaggedAddresses(service: Service): Service {
  const family = isIP(service.address);
  if (family === 0) return service;
  const own: ServiceAddress = { address: service.address, port: service.port };
  const derived = { [`lan_ipv${family}`]: own, [`wan_ipv${family}`]: own };
  return { ...service, taggedAddresses: { ...derived, ...service.taggedAddresses } };
}
