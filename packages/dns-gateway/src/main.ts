import {
  AdminServer,
  createLogger,
  eventLoopLag,
  Metrics,
  readOptions,
  runPiece,
  systemClock,
  systemRandom,
  type WhenTold,
} from '@tribune/platform';
import { connectCatalog } from '@tribune/protocol';
import { commandLineSpecs, readCommandLine } from './command-line';
import { createDnsGateway } from './gateway';

/** The gateway alone as a process: DNS in front of a public gRPC API somewhere. */
async function main(whenTold: WhenTold): Promise<void> {
  const {
    gateway: options,
    admin: adminAddress,
    catalogAddress,
    logLevel,
  } = readCommandLine(readOptions(commandLineSpecs));
  const logger = createLogger({ level: logLevel, format: process.stdout.isTTY ? 'text' : 'json' });
  const metrics = new Metrics();
  const catalog = connectCatalog({ address: catalogAddress });
  const gateway = createDnsGateway(options, {
    catalog,
    clock: systemClock,
    random: systemRandom,
    logger,
    metrics,
  });
  const admin = new AdminServer(adminAddress, { metrics, readiness: () => gateway.readiness() });
  const lag = eventLoopLag(metrics, 'dns-gateway');

  const stop = async (): Promise<void> => {
    await gateway.stop();
    catalog.close();
    await admin.stop();
    await lag.stop();
  };
  whenTold(() => void stop());

  await lag.start();
  await admin.start();
  await gateway.start();
  logger.info('dns-gateway is up', { dnsPort: gateway.port, adminPort: admin.port, catalog: catalogAddress });
}

runPiece(main);
