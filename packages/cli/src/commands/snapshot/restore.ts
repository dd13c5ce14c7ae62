import { createReadStream } from 'node:fs';
import { orComplain } from '../../errors/complaint';
import { command } from '../command';
import { fileOf, mustOpen } from './snapshot-file';

export const snapshotRestore = command({
  usage: 'snapshot restore [options] FILE',
  about: `  Restores an atomic, point-in-time snapshot of the state of the servers which
  includes key/value entries, service catalog and sessions.

  The state of the whole datacenter is replaced at once by that of the file. The
  file is checked first: a damaged one changes nothing.

  To restore a snapshot from the file "backup.snap":

    $ tribune snapshot restore backup.snap`,
  api: 'server',
  flags: {},
  async run({ args, terminal, client }) {
    const path = fileOf(args);
    await mustOpen(path);
    await orComplain('Error restoring snapshot', () =>
      client().ask({ method: 'PUT', path: '/v1/snapshot', body: createReadStream(path) }),
    );
    terminal.print('Restored snapshot');
    return 0;
  },
});
