import {
  AdminServer,
  createLogger,
  eventLoopLag,
  Metrics,
  readOptions,
  runPiece,
  systemClock,
  systemRandom,
  type LogLevel,
  type Readiness,
  type WhenTold,
} from '@tribune/platform';
import { GrpcServer, MembershipService } from '@tribune/protocol';
import { commandLineSpecs, splitAddress, toGossipOptions } from './config/command-line';
import { HeapSweep } from './heap-sweep';
import { Gossip } from './node/gossip';

/** Gossip alone as a process: `membership.v1` over gRPC in front of the pools. */
async function main(whenTold: WhenTold): Promise<void> {
  const flags = readOptions(commandLineSpecs);
  const logger = createLogger({
    level: flags['log-level'] as LogLevel,
    format: process.stdout.isTTY ? 'text' : 'json',
  });
  const metrics = new Metrics();
  const gossip = new Gossip(toGossipOptions(flags), {
    clock: systemClock,
    random: systemRandom,
    logger,
    metrics,
    nameLost: (pool) => pool === 'lan' && stop(1),
  });
  const service = new MembershipService({ api: gossip, logger });
  const grpc = new GrpcServer({ address: flags['grpc-address'] }, logger.child('grpc'));
  grpc.add('tribune.membership.v1.Membership', service.implementation());
  let readiness: Readiness = { ready: false, reason: 'starting' };
  const admin = new AdminServer(splitAddress(flags['admin-address']), { metrics, readiness: () => readiness });
  const lag = eventLoopLag(metrics, 'gossip');
  const sweep = new HeapSweep(systemClock);

  let isStopping = false;
  function stop(exitCode: number): void {
    if (isStopping) return;
    isStopping = true;
    readiness = { ready: false, reason: 'stopping' };
    void (async () => {
      if (flags['leave-on-stop'] === 'true') await gossip.leave();
      service.close();
      await grpc.stop();
      await gossip.stop();
      await admin.stop();
      await sweep.stop();
      await lag.stop();
      process.exitCode = exitCode;
    })();
  }
  whenTold(() => stop(0));

  await lag.start();
  await sweep.start();
  await admin.start();
  await gossip.start();
  await grpc.start();
  readiness = { ready: true };
  logger.info('gossip is ready', {
    lanPort: gossip.port('lan'),
    wanPort: gossip.port('wan'),
    grpcPort: grpc.port,
    adminPort: admin.port,
  });
}

runPiece(main);
