import { command } from './command';
import { Complaint, orComplain } from '../errors/complaint';

export const leave = command({
  usage: 'leave [options]',
  about: '  Causes the agent to gracefully leave the cluster and shutdown.',
  api: 'client',
  flags: {},
  async run({ args, terminal, client }) {
    if (args.length > 0) throw new Complaint(`Error found unexpected args: [${args.join(' ')}]`, true);
    await orComplain('Error leaving', () => client().ask({ method: 'PUT', path: '/v1/agent/leave' }));
    terminal.print('Graceful leave complete');
    return 0;
  },
});
