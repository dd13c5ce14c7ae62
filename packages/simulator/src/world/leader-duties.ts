import { silentLogger, type Clock } from '@tribune/platform';
import type { RaftNode } from '@tribune/raft-core';
import { ExpireLockDelays, ExpireSessions, LeaderDuties } from '@tribune/raft-core/testing';
import { encodeCommand, type Command, type Outcome, type View } from '@tribune/state-store';

/** The production duties that end sessions and lock delays, wired as in a server (`raft-core/src/server/server-core.ts`). */
export function leaderDuties(
  node: RaftNode,
  view: View,
  clock: Clock,
  onPropose: (command: Command) => void,
): ExpireSessions {
  const duty = {
    view,
    clock,
    logger: silentLogger,
    propose: async (command: Command) => {
      onPropose(command);
      const outcome = await node.propose(encodeCommand(command));
      const isDone = outcome.kind === 'applied' && (outcome.result as Outcome).kind !== 'error';
      return isDone ? ({ kind: 'applied' } as const) : ({ kind: 'failed', reason: outcome.kind } as const);
    },
  };
  const sessions = new ExpireSessions(duty);
  const duties = new LeaderDuties([sessions, new ExpireLockDelays(duty)], silentLogger);
  node.on(({ kind }) => {
    if (kind === 'leadershipEstablished') duties.begin();
    if (kind === 'leadershipLost' || kind === 'failed') duties.end();
  });
  return sessions;
}
