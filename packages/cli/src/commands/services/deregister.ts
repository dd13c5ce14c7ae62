import { text } from '../../flags/flag';
import { namespaceFlag } from '../../flags/http-flags';
import { escapePath } from '../../http/http-client';
import { command } from '../command';
import { Complaint, orComplain } from '../../errors/complaint';
import { readDefinitions } from './definitions';

export const servicesDeregister = command({
  usage: 'services deregister [options] [FILE...]',
  about: `  Deregister one or more services that were previously registered with the local
  agent.

      $ tribune services deregister web.json db.json

  The -id flag may be used to deregister a single service by ID:

      $ tribune services deregister -id=web

  This command must be run against the same agent where the service was
  registered.`,
  api: 'server',
  flags: { id: text('ID to delete. This must not be set if arguments are given.'), ...namespaceFlag },
  async run({ flags, args, terminal, client }) {
    if (args.length === 0 && flags.id === '')
      throw new Complaint('Service deregistration requires at least one argument or -id.');
    if (args.length > 0 && flags.id !== '')
      throw new Complaint('Service deregistration requires arguments or -id, not both.');
    const ids = flags.id === '' ? readDefinitions(args).map(({ id }) => id) : [flags.id];
    for (const id of ids) {
      // An agent that does not know the service says 404; as with Consul 1.8, gone is gone.
      await orComplain(`Error deregistering service "${id}"`, () =>
        client().ask({ method: 'PUT', path: `/v1/agent/service/deregister/${escapePath(id)}`, accepts: [404] }),
      );
      terminal.print(`Deregistered service: ${id}`);
    }
    return 0;
  },
});
