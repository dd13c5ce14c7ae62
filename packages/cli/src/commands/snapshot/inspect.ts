import { command } from '../command';
import { fileOf, mustOpen, verified } from './snapshot-file';

export const snapshotInspect = command({
  usage: 'snapshot inspect [options] FILE',
  about: `  Displays information about a snapshot file on disk.

  To inspect the file "backup.snap":

    $ tribune snapshot inspect backup.snap`,
  api: 'none',
  flags: {},
  async run({ args, terminal }) {
    const path = fileOf(args);
    await mustOpen(path);
    const { ID, Size, Index, Term, Version } = await verified(path);
    const rows = Object.entries({ ID, Size, Index, Term, Version });
    for (const [name, value] of rows) terminal.print(`${name.padEnd(NAME_WIDTH)}${value}`);
    terminal.print('');
    return 0;
  },
});

/** As Consul lines them up. */
const NAME_WIDTH = 13;
