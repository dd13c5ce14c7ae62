import { text } from '../../flags/flag';
import { command } from '../command';
import { Complaint, orComplain } from '../../errors/complaint';

export const raftTransferLeader = command({
  usage: 'operator raft transfer-leader [options]',
  about: `  Transfers Raft leadership to another voting server. By default the most up to
  date one is chosen; -id names it.`,
  api: 'server',
  flags: { id: text('The ID of the server to transfer leadership to.') },
  async run({ flags: { id }, terminal, client }) {
    const path = '/v1/operator/raft/transfer-leader';
    const { Success } = await orComplain('Error transferring leadership', () =>
      client().json<{ readonly Success: boolean }>({ method: 'POST', path, query: { id: id || undefined } }),
    );
    if (!Success) throw new Complaint('Error transferring leadership: the server did not take over');
    terminal.print('Success');
    return 0;
  },
});
