import { text, toggle } from '../../flags/flag';
import { namespaceFlag } from '../../flags/http-flags';
import { escapePath, type Ask, type HttpClient } from '../../http/http-client';
import { parseJson } from '../../json/exact-json';
import type { Terminal } from '../../terminal/terminal';
import { command } from '../command';
import { Complaint, orComplain, refuseArguments } from '../../errors/complaint';
import { pairsOf, valueOf, withoutSlash, type KvPair } from './key';

export const kvGet = command({
  usage: 'kv get [options] [KEY_OR_PREFIX]',
  about: `  Retrieves the value at the given key name. If no key exists with that name, an
  error is returned. If a key exists with that name but has no data, nothing is
  returned. If the name or prefix is omitted, it defaults to "" which is the
  root of the key-value store.

      $ tribune kv get foo

  This returns the raw value. To view all known metadata of the key as well,
  including ModifyIndex and any user-supplied flags:

      $ tribune kv get -detailed foo

  To treat the path as a prefix and list all pairs which start with it:

      $ tribune kv get -recurse foo

  To just list the keys which start with the prefix:

      $ tribune kv get -keys foo`,
  api: 'server',
  flags: {
    base64: toggle('Base64 encode the value. The default value is false.'),
    detailed: toggle(
      'Provide additional metadata about the key in addition to the value such as the ModifyIndex and any flags that may have been set on the key. The default value is false.',
    ),
    keys: toggle(
      'List keys which start with the given prefix, but not their values. This option is commonly combined with the -separator option. The default value is false.',
    ),
    recurse: toggle('Recursively look at all keys prefixed with the given path. The default value is false.'),
    separator: text(
      'String to use as a separator between keys. The default value is "/", but this option is only taken into account when paired with the -keys flag.',
      '/',
    ),
    ...namespaceFlag,
  },
  async run({ flags, args, terminal, client }) {
    refuseArguments(args, 1);
    const key = withoutSlash(args[0] ?? '');
    if (key === '' && !flags.keys && !flags.recurse) throw new Complaint('Error! Missing KEY argument');
    if (flags.keys) return listKeys(client(), key, flags.separator, terminal);
    const pairs = await read(client(), key, flags.recurse);
    if (!flags.recurse && pairs.length === 0) throw new Complaint(`Error! No key exists at: ${key}`);
    const show = (pair: KvPair): Buffer => (flags.base64 ? Buffer.from(pair.Value ?? '') : valueOf(pair));
    if (flags.detailed) printDetails(pairs, show, terminal);
    else printValues(pairs, flags.recurse, show, terminal);
    return 0;
  },
});

async function listKeys(client: HttpClient, prefix: string, separator: string, terminal: Terminal): Promise<number> {
  const query = { keys: '', separator: separator === '' ? undefined : separator };
  const keys = await ask<readonly string[]>(client, { path: `/v1/kv/${escapePath(prefix)}`, query });
  for (const key of keys ?? []) terminal.print(key);
  return 0;
}

async function read(client: HttpClient, key: string, recurse: boolean): Promise<readonly KvPair[]> {
  return pairsOf(await ask(client, { path: `/v1/kv/${escapePath(key)}`, query: recurse ? { recurse: '' } : {} }));
}

/** Null when there is nothing. */
export function ask<T>(client: HttpClient, what: Ask): Promise<T | null> {
  return orComplain('Error querying Consul agent', async () => {
    const { status, body } = await client.ask({ ...what, accepts: [404] });
    return status === 404 ? null : (parseJson(body.toString()) as T);
  });
}

function printValues(pairs: readonly KvPair[], named: boolean, show: (pair: KvPair) => Buffer, terminal: Terminal) {
  for (const pair of pairs) {
    if (named) terminal.write(`${pair.Key}:`);
    terminal.write(Buffer.concat([show(pair), NEWLINE]));
  }
}

const NEWLINE = Buffer.from('\n');
/** The longest field name and six spaces. */
const NAME_WIDTH = 17;

function printDetails(pairs: readonly KvPair[], show: (pair: KvPair) => Buffer, terminal: Terminal): void {
  pairs.forEach((pair, at) => {
    if (at > 0) terminal.print('');
    const row = (name: string, value: unknown): void => terminal.print(`${name.padEnd(NAME_WIDTH)}${String(value)}`);
    row('CreateIndex', pair.CreateIndex);
    row('Flags', pair.Flags);
    row('Key', pair.Key);
    row('LockIndex', pair.LockIndex);
    row('ModifyIndex', pair.ModifyIndex);
    row('Session', pair.Session || '-');
    terminal.write(Buffer.concat([Buffer.from('Value'.padEnd(NAME_WIDTH)), show(pair), NEWLINE]));
  });
}
