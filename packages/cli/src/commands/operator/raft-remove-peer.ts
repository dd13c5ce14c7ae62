import { text } from '../../flags/flag';
import { command } from '../command';
import { Complaint, orComplain } from '../../errors/complaint';

export const raftRemovePeer = command({
  usage: 'operator raft remove-peer [options]',
  about: `  Remove the server with given -address or -id from the Raft configuration.

  There are rare cases where a peer may be left behind in the Raft quorum even
  though the server is no longer present and known to the cluster. This command
  can be used to remove the failed server so that it no longer affects the Raft
  quorum. If the server still shows in the output of "tribune members", it is
  preferable to clean up by simply running "tribune force-leave" instead.`,
  api: 'server',
  flags: {
    address: text('The address to remove from the Raft configuration.'),
    id: text('The ID to remove from the Raft configuration.'),
  },
  async run({ flags: { address, id }, terminal, client }) {
    if (address === '' && id === '')
      throw new Complaint('Error removing peer: an address or id is required for the peer to remove');
    if (address !== '' && id !== '') throw new Complaint('Error removing peer: cannot give both an address and id');
    const query = address === '' ? { id } : { address };
    await orComplain('Error removing peer', () =>
      client().ask({ method: 'DELETE', path: '/v1/operator/raft/peer', query }),
    );
    terminal.print(address === '' ? `Removed peer with id "${id}"` : `Removed peer with address "${address}"`);
    return 0;
  },
});
