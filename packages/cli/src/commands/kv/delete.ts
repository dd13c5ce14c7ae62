import { toggle, uint } from '../../flags/flag';
import { namespaceFlag } from '../../flags/http-flags';
import { escapePath } from '../../http/http-client';
import { command } from '../command';
import { Complaint, orComplain, refuseArguments } from '../../errors/complaint';
import { withoutSlash } from './key';

export const kvDelete = command({
  usage: 'kv delete [options] KEY_OR_PREFIX',
  about: `  Removes the value at the given path. If no key exists at the path, no action
  is taken.

      $ tribune kv delete foo

  To delete all keys which start with "foo", specify the -recurse option:

      $ tribune kv delete -recurse foo

  This will delete the keys named "foo", "food", and "foo/bar/zip" if they
  existed.`,
  api: 'server',
  flags: {
    cas: toggle(
      'Perform a Check-And-Set operation. Specifying this value also requires the -modify-index flag to be set. The default value is false.',
    ),
    'modify-index': uint(
      'Unsigned integer representing the ModifyIndex of the key. This is used in combination with the -cas flag.',
    ),
    recurse: toggle('Recursively delete all keys with the path. The default value is false.'),
    ...namespaceFlag,
  },
  async run({ flags, args, terminal, client }) {
    refuseArguments(args, 1);
    const key = withoutSlash(args[0] ?? '');
    const index = flags['modify-index'];
    if (key === '' && !flags.recurse) throw new Complaint('Error! Missing KEY argument');
    if (flags.cas && index === 0n) throw new Complaint('Must specify -modify-index with -cas!');
    if (!flags.cas && index !== 0n) throw new Complaint('Cannot specify -modify-index without -cas!');
    if (flags.cas && flags.recurse) throw new Complaint('Cannot specify both -cas and -recurse!');
    const query = { recurse: flags.recurse ? '' : undefined, cas: flags.cas ? String(index) : undefined };
    const doing = flags.recurse ? `Error! Did not delete prefix ${key}` : `Error! Did not delete key ${key}`;
    const deleted = await orComplain(doing, () =>
      client().json<boolean>({ method: 'DELETE', path: `/v1/kv/${escapePath(key)}`, query }),
    );
    if (!deleted) throw new Complaint(`Error! Did not delete key ${key}: CAS failed`);
    terminal.print(flags.recurse ? `Success! Deleted keys with prefix: ${key}` : `Success! Deleted key: ${key}`);
    return 0;
  },
});
