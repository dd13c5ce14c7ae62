import { command } from './command';
import { orComplain } from '../errors/complaint';

export const reload = command({
  usage: 'reload',
  about: `  Causes the agent to reload configurations. This can be used instead of sending
  the SIGHUP signal to the agent.`,
  api: 'client',
  flags: {},
  async run({ terminal, client }) {
    await orComplain('Error reloading', () => client().ask({ method: 'PUT', path: '/v1/agent/reload' }));
    terminal.print('Configuration reload triggered');
    return 0;
  },
});
