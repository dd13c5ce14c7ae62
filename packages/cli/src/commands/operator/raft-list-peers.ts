import { columns } from '../../output/columns';
import { command } from '../command';
import { orComplain } from '../../errors/complaint';

interface RaftServer {
  readonly ID: string;
  readonly Node: string;
  readonly Address: string;
  readonly Leader: boolean;
  readonly Voter: boolean;
  readonly ProtocolVersion: string;
}

export const raftListPeers = command({
  usage: 'operator raft list-peers [options]',
  about: '  Displays the current Raft peer configuration.',
  api: 'server',
  flags: {},
  async run({ terminal, client }) {
    const { Servers } = await orComplain('Error getting peers: Failed to retrieve raft configuration', () =>
      client().json<{ readonly Servers: readonly RaftServer[] }>({ path: '/v1/operator/raft/configuration' }),
    );
    const rows = Servers.map((one) => [
      one.Node,
      one.ID,
      one.Address,
      one.Leader ? 'leader' : 'follower',
      String(one.Voter),
      one.ProtocolVersion || '<=1',
    ]);
    terminal.print(columns([['Node', 'ID', 'Address', 'State', 'Voter', 'RaftProtocol'], ...rows]));
    return 0;
  },
});
