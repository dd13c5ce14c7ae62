import { text } from '../flags/flag';
import { patternOf } from '../flags/pattern';
import { escapePath } from '../http/http-client';
import { command } from './command';
import { Complaint, misuse, orComplain } from '../errors/complaint';

export const event = command({
  usage: 'event [options] [payload]',
  about: `  Dispatches a custom user event across a datacenter. An event must provide a
  name, but a payload is optional. Events support filtering using regular
  expressions on node name, service, and tag definitions.`,
  api: 'client',
  flags: {
    name: text('Name of the event.'),
    node: text('Regular expression to filter on node names.'),
    service: text('Regular expression to filter on service instances.'),
    tag: text('Regular expression to filter on service tags. Must be used with -service.'),
  },
  async run({ flags, args, terminal, client }) {
    if (flags.name === '') throw misuse('Event name must be specified');
    patternOf(flags.node, 'node filter');
    patternOf(flags.service, 'service filter');
    patternOf(flags.tag, 'tag filter');
    if (flags.tag !== '' && flags.service === '')
      throw new Complaint('Cannot provide tag filter without service filter.');
    if (args.length > 1) throw misuse('Too many command line arguments.');
    const query = {
      node: flags.node || undefined,
      service: flags.service || undefined,
      tag: flags.tag || undefined,
    };
    const fired = await orComplain('Error firing event', () =>
      client().json<{ readonly ID: string }>({
        method: 'PUT',
        path: `/v1/event/fire/${escapePath(flags.name)}`,
        query,
        body: args[0],
      }),
    );
    terminal.print(`Event ID: ${fired.ID}`);
    return 0;
  },
});
