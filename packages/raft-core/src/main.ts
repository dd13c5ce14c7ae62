import {
  AdminServer,
  createLogger,
  eventLoopLag,
  Metrics,
  readOptions,
  runPiece,
  systemClock,
  systemRandom,
  type Readiness,
  type WhenTold,
} from '@tribune/platform';
import { connectMembership, type LeaderStatus } from '@tribune/protocol';
import { commandLineSpecs, readCommandLine } from './process/command-line';
import { serverId } from './process/server-id';
import { createRaftServer } from './server/raft-server';

/** A server alone as a process: consensus and the state, with gossip somewhere else. */
async function main(whenTold: WhenTold): Promise<void> {
  const commandLine = readCommandLine(readOptions(commandLineSpecs));
  const { server: options, membershipAddress, logLevel } = commandLine;
  const logger = createLogger({ level: logLevel, format: process.stdout.isTTY ? 'text' : 'json' });
  const metrics = new Metrics();
  const id = await serverId(commandLine.id, options.dataDir, systemRandom);

  const membership = connectMembership({ address: membershipAddress });
  const server = createRaftServer(
    { ...options, id },
    {
      membership,
      clock: systemClock,
      random: systemRandom,
      logger,
      metrics,
      onFatal: (error) => {
        logger.error('the server cannot go on', { error });
        // At once: what was acknowledged is durable, and nothing else may be said after a failed write.
        process.exit(1);
      },
    },
  );
  const readiness = (): Readiness => readinessOf(server.state.status() as LeaderStatus);
  const admin = new AdminServer(commandLine.admin, { metrics, readiness });
  const lag = eventLoopLag(metrics, 'raft-core');

  const stop = async (): Promise<void> => {
    await server.stop();
    membership.close();
    await admin.stop();
    await lag.stop();
  };
  whenTold(() => void stop());

  await lag.start();
  await server.start();
  await admin.start();
  logger.info('raft-core is up', { id, node: options.nodeName, rpcPort: server.rpcPort, adminPort: admin.port });
}

function readinessOf({ leaderAddress }: LeaderStatus): Readiness {
  return leaderAddress === '' ? { ready: false, reason: 'no leader is known' } : { ready: true };
}

runPiece(main);
