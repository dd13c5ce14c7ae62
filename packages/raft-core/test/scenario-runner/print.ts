import type { Configuration, Message } from '../../src/core/message';
import type { Raft } from '../../src/core/raft';
import type { Fact } from '../../src/core/ready';

export function printMessage(message: Message): string {
  return `${message.from}->${message.to} t${message.term} ${body(message)}`;
}

function body(message: Message): string {
  switch (message.type) {
    case 'voteRequest':
      return `${message.preVote ? 'preVote?' : 'vote?'} last ${at(message.last)}${message.transfer ? ' transfer' : ''}`;
    case 'voteResponse':
      return `${message.preVote ? 'preVote' : 'vote'} ${message.granted ? 'granted' : 'refused'}`;
    case 'append': {
      const entries = message.entries.map((entry) => at(entry)).join(' ');
      return `append behind ${at(message.previous)} [${entries}] commit ${message.commitIndex}`;
    }
    case 'appendAccepted':
      return `accepted up to ${message.matchIndex}`;
    case 'appendRejected':
      return `rejected behind ${message.rejected}, try ${at(message.hint)}`;
    case 'heartbeat':
      return `heartbeat commit ${message.commitIndex}${message.readToken ? ` read ${message.readToken}` : ''}`;
    case 'heartbeatResponse':
      return `heartbeat ok${message.readToken ? ` read ${message.readToken}` : ''}`;
    case 'installSnapshot':
      return `snapshot ${at(message.snapshot)}`;
    case 'timeoutNow':
      return 'stand for election now';
  }
}

export function printFact(fact: Fact): string {
  switch (fact.kind) {
    case 'roleChanged':
      return `${fact.role} in term ${fact.term}`;
    case 'leaderChanged':
      return fact.leaderId === undefined ? 'knows no leader' : `follows ${fact.leaderId} in term ${fact.term}`;
    case 'leadershipEstablished':
      return `leadership of term ${fact.term} established`;
    case 'steppedDown':
      return `stepped down: ${fact.reason}`;
    case 'readsConfirmed':
      return `reads ${fact.reads.join(' ')} confirmed at ${fact.index}`;
    case 'readsLost':
      return `reads ${fact.reads.join(' ')} lost`;
    case 'configurationChanged':
      return `configuration of ${fact.index} in force`;
    case 'configurationCommitted':
      return `configuration of ${fact.index} committed${fact.joint ? ' (joint)' : ''}`;
    case 'transferEnded':
      return `transfer to ${fact.target} ended: ${fact.reason}`;
    case 'followerRegressed':
      return `${fact.id} denies what it acknowledged (${fact.matchIndex})`;
    case 'followerIsForeign':
      return `${fact.id} committed what this leader never had (${fact.commitIndex})`;
    case 'diskStalled':
      return 'the disk stalls';
    case 'logRecovered':
      return `log recovered up to ${fact.upTo}`;
  }
}

export function printServer(id: string, raft: Raft | undefined, state: readonly string[]): string {
  if (!raft) return `${id} is down`;
  const { role, term, base, last, commitIndex, appliedIndex, configuration, followers } = raft.status();
  const terms: (number | undefined)[] = [];
  for (let index = base.index + 1; index <= last.index; index++) terms.push(raft.termAt(index));
  const log = `${base.index > 0 ? `(${at(base)}) ` : ''}${terms.join(' ')}`;
  const peers = [...followers].map(
    ([peer, { state: progress, matchIndex, nextIndex }]) => `${peer} ${progress} ${matchIndex}/${nextIndex}`,
  );
  const rest = peers.length > 0 ? `; ${peers.join(', ')}` : '';
  return `${id} ${role} t${term} [${log}] commit ${commitIndex} applied ${appliedIndex} ${printConfiguration(configuration)}${rest}; state ${state.map(abbreviated).join(',') || '-'}`;
}

function printConfiguration({ voters, outgoing, learners }: Configuration): string {
  const names = (servers: Configuration['voters']): string => servers.map((server) => server.id).join('');
  const joint = outgoing.length > 0 ? `&${names(outgoing)}` : '';
  return `{${names(voters)}${joint}${learners.length > 0 ? ` +${names(learners)}` : ''}}`;
}

const abbreviated = (command: string): string => (command.length > 20 ? `${command[0]}*${command.length}` : command);

const at = ({ index, term }: { index: number; term: number }): string => `${index}/${term}`;
