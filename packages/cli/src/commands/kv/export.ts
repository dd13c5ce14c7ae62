import { namespaceFlag } from '../../flags/http-flags';
import { escapePath } from '../../http/http-client';
import { printJson, type Json } from '../../json/exact-json';
import { command } from '../command';
import { refuseArguments } from '../../errors/complaint';
import { ask } from './get';
import { pairsOf, withoutSlash } from './key';

export const kvExport = command({
  usage: 'kv export [KEY_OR_PREFIX]',
  about: `  Retrieves key-value pairs for the given prefix and writes a JSON representation
  to stdout. This can be used with the command "tribune kv import" to move
  entire trees between clusters.

      $ tribune kv export vault`,
  api: 'server',
  flags: namespaceFlag,
  async run({ args, terminal, client }) {
    refuseArguments(args, 1);
    const prefix = withoutSlash(args[0] ?? '');
    const path = `/v1/kv/${escapePath(prefix)}`;
    const pairs = pairsOf(await ask<Json>(client(), { path, query: { recurse: '' } }));
    const entries = pairs.map(({ Key, Flags, Value }) => ({ key: Key, flags: Flags, value: Value ?? '' }));
    terminal.print(printJson(entries, '\t'));
    return 0;
  },
});
