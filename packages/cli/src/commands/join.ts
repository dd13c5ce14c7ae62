import { reasonOf } from '../errors/reason';
import { toggle } from '../flags/flag';
import { escapePath } from '../http/http-client';
import { command } from './command';
import { Complaint, misuse } from '../errors/complaint';

export const join = command({
  usage: 'join [options] address ...',
  about: `  Tells a running Tribune agent (with "tribune agent") to join the cluster by
  specifying at least one existing member.`,
  api: 'client',
  flags: { wan: toggle('Joins a server to another server in the WAN pool.') },
  async run({ flags, args, terminal, client }) {
    if (args.length === 0) throw misuse('At least one address to join must be specified.');
    const query = { wan: flags.wan ? '1' : undefined };
    let joined = 0;
    for (const address of args) {
      try {
        await client().ask({ method: 'PUT', path: `/v1/agent/join/${escapePath(address)}`, query });
        joined++;
      } catch (error) {
        if (error instanceof Complaint) throw error;
        terminal.complain(`Error joining address '${address}': ${reasonOf(error)}`);
      }
    }
    if (joined === 0) throw new Complaint('Failed to join any nodes.');
    terminal.print(`Successfully joined cluster by contacting ${joined} nodes.`);
    return 0;
  },
});
