import { Metrics, seededRandom, silentLogger, systemClock, type Logger } from '@tribune/platform';
import { createDnsGateway, type DnsGateway } from '../gateway';
import {
  dnsBoundsDefaults,
  dnsGatewayDefaults,
  dnsSettingsDefaults,
  type DnsBounds,
  type DnsGatewayOptions,
  type DnsSettings,
} from '../options';
import { MemoryCatalog } from './memory-catalog';

export interface Wanted {
  readonly settings?: Partial<DnsSettings>;
  readonly bounds?: Partial<DnsBounds>;
  readonly options?: Partial<DnsGatewayOptions>;
  readonly logger?: Logger;
}

export interface TestGateway {
  readonly gateway: DnsGateway;
  readonly catalog: MemoryCatalog;
  readonly metrics: Metrics;
  stop(): Promise<void>;
}

/** A gateway on loopback, at a port of the system's choice, over a catalog in memory. */
export async function startGateway(wanted: Wanted = {}, catalog = new MemoryCatalog()): Promise<TestGateway> {
  const metrics = new Metrics();
  const gateway = createDnsGateway(
    {
      ...dnsGatewayDefaults,
      port: 0,
      ...wanted.options,
      settings: { ...dnsSettingsDefaults, ...wanted.settings },
      bounds: { ...dnsBoundsDefaults, ...wanted.bounds },
    },
    {
      catalog,
      clock: systemClock,
      random: seededRandom(1),
      logger: wanted.logger ?? silentLogger,
      metrics,
    },
  );
  await gateway.start();
  return { gateway, catalog, metrics, stop: () => gateway.stop() };
}
