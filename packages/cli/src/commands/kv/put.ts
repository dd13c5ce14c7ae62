import { text, toggle, uint } from '../../flags/flag';
import { namespaceFlag } from '../../flags/http-flags';
import { escapePath } from '../../http/http-client';
import { readArgument } from '../../terminal/read-argument';
import { command } from '../command';
import { Complaint, orComplain } from '../../errors/complaint';
import { decodeBase64, refuseLeadingSlash } from './key';

export const kvPut = command({
  usage: 'kv put [options] KEY [DATA]',
  about: `  Writes the data to the given path in the key-value store. The data can be of
  any type.

      $ tribune kv put config/redis/maxconns 5

  The data can also be consumed from a file on disk by prefixing with the "@"
  symbol, or from stdin using the "-" symbol:

      $ tribune kv put config/program/license @license.lic
      $ echo "abcd1234" | tribune kv put config/program/license -

  The DATA argument itself is optional. If omitted, this will create an empty
  key-value pair at the specified path.

  To perform a Check-And-Set operation, specify the -cas flag with the
  appropriate -modify-index flag corresponding to the key:

      $ tribune kv put -cas -modify-index=844 config/redis/maxconns 5`,
  api: 'server',
  flags: {
    acquire: toggle(
      'Obtain a lock on the key. If the key does not exist, this operation will create the key and obtain the lock. The session must already exist and be specified via the -session flag. The default value is false.',
    ),
    base64: toggle('Treat the data as base 64 encoded. The default value is false.'),
    cas: toggle(
      'Perform a Check-And-Set operation. Specifying this value also requires the -modify-index flag to be set. The default value is false.',
    ),
    flags: uint(
      'Unsigned integer value to assign to this key-value pair. This value is not read by the store, so clients can use it however makes sense for their use case. The default value is 0 (no flags).',
    ),
    'modify-index': uint(
      'Unsigned integer representing the ModifyIndex of the key. This is used in combination with the -cas flag.',
    ),
    release: toggle(
      'Forfeit the lock on the key at the given path. This requires the -session flag to be set. The key must be held by the session in order to be unlocked. The default value is false.',
    ),
    session: text(
      'User-defined identifer for this session as a string. This is commonly used with the -acquire and -release operations to build robust locking. The default value is empty (no session).',
    ),
    ...namespaceFlag,
  },
  async run({ flags, args, terminal, client }) {
    const [key = '', given = ''] = args;
    if (args.length > 2) throw new Complaint(`Error! Too many arguments (expected 1 or 2, got ${args.length})`);
    if (key === '') throw new Complaint('Error! Missing KEY argument');
    if (flags.cas && flags['modify-index'] === 0n) throw new Complaint('Must specify -modify-index with -cas!');
    if ((flags.acquire || flags.release) && flags.session === '')
      throw new Complaint('Error! Missing -session (required with -acquire and -release)');
    const body = decoded(await readArgument(given, terminal.stdin), flags.base64);
    refuseLeadingSlash(key);
    const action = actionOf(flags);
    const query = { flags: flags.flags === 0n ? undefined : String(flags.flags), ...action.query };
    const written = await orComplain('Error! Failed writing data', () =>
      client().json<boolean>({ method: 'PUT', path: `/v1/kv/${escapePath(key)}`, query, body }),
    );
    if (!written) throw new Complaint(action.refused(key));
    terminal.print(action.done(key));
    return 0;
  },
});

function decoded(given: Buffer, isBase64: boolean): Buffer {
  if (!isBase64) return given;
  const bytes = decodeBase64(given.toString('latin1'));
  if (!bytes) throw new Complaint('Error! Cannot base 64 decode data: illegal base64 data');
  return bytes;
}

interface Wish {
  readonly cas: boolean;
  readonly acquire: boolean;
  readonly release: boolean;
  readonly session: string;
  readonly 'modify-index': bigint;
}

interface Action {
  readonly query: Readonly<Record<string, string>>;
  done(key: string): string;
  refused(key: string): string;
}

/** The first of -cas, -acquire and -release counts, as in Consul. */
function actionOf(wish: Wish): Action {
  if (wish.cas)
    return {
      query: { cas: String(wish['modify-index']) },
      done: (key) => `Success! Data written to: ${key}`,
      refused: (key) => `Error! Did not write to ${key}: CAS failed`,
    };
  if (wish.acquire)
    return {
      query: { acquire: wish.session },
      done: (key) => `Success! Lock acquired on: ${key}`,
      refused: () => 'Error! Did not acquire lock',
    };
  if (wish.release)
    return {
      query: { release: wish.session },
      done: (key) => `Success! Lock released on: ${key}`,
      refused: () => 'Error! Did not release lock',
    };
  return {
    query: {},
    done: (key) => `Success! Data written to: ${key}`,
    refused: (key) => `Error! Did not write to ${key}`,
  };
}
