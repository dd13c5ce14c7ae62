import { toggle } from '../flags/flag';
import { escapePath } from '../http/http-client';
import { command } from './command';
import { misuse, orComplain } from '../errors/complaint';

export const forceLeave = command({
  usage: 'force-leave [options] name',
  about: `  Forces a member of a cluster to enter the "left" state. Note that if the member
  is still actually alive, it will eventually rejoin the cluster. This command
  is most useful for cleaning out "failed" nodes that are never coming back. If
  you do not force leave a failed node, the agents will attempt to reconnect to
  it for some period of time before eventually reaping it.`,
  api: 'client',
  flags: {
    prune: toggle('Remove agent completely from list of members'),
    wan: toggle('Exclusively leave the agent from the WAN pool.'),
  },
  async run({ flags, args, client }) {
    const [name] = args;
    if (args.length !== 1 || name === undefined) throw misuse('A single node name must be specified to force leave.');
    const query = { prune: flags.prune ? '1' : undefined, wan: flags.wan ? '1' : undefined };
    await orComplain('Error force leaving', () =>
      client().ask({ method: 'PUT', path: `/v1/agent/force-leave/${escapePath(name)}`, query }),
    );
    return 0;
  },
});
