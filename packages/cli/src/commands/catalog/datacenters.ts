import { command } from '../command';
import { orComplain, refuseArguments } from '../../errors/complaint';

export const catalogDatacenters = command({
  usage: 'catalog datacenters [options]',
  about: `  Retrieves the list of all known datacenters, sorted in ascending order based on
  the estimated median round trip time from the servers in this datacenter to
  the servers in the other datacenters.`,
  api: 'server',
  flags: {},
  async run({ args, terminal, client }) {
    refuseArguments(args);
    const names = await orComplain('Error listing datacenters', () =>
      client().json<readonly string[]>({ path: '/v1/catalog/datacenters' }),
    );
    for (const name of names) terminal.print(name);
    return 0;
  },
});
