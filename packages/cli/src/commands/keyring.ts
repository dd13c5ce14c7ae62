import { Complaint, orComplain } from '../errors/complaint';
import { int, text, toggle } from '../flags/flag';
import type { HttpClient } from '../http/http-client';
import type { Terminal } from '../terminal/terminal';
import { command } from './command';

const PATH = '/v1/operator/keyring';
/** As many members as an answer may be relayed through. */
const RELAYS_MAX = 5;

const CHANGES = {
  install: { method: 'POST', doing: 'Installing new gossip encryption key...' },
  use: { method: 'PUT', doing: 'Changing primary gossip encryption key...' },
  remove: { method: 'DELETE', doing: 'Removing gossip encryption key...' },
} as const;

type Query = Readonly<Record<string, string>>;

export const keyring = command({
  usage: 'keyring [options]',
  about: `  Manages encryption keys used for gossip messages. Gossip encryption is
  optional. When enabled, this command may be used to examine active encryption
  keys in the cluster, add new keys, and remove old ones. When combined, this
  functionality provides the ability to perform key rotation cluster-wide,
  without disrupting the cluster.

  Keys can be changed on server nodes only, which changes the LAN and the WAN
  keyring in lock-step.

  All variations of the keyring command return 0 if all nodes reply and there
  are no errors. If any node fails to reply or reports failure, the exit code
  will be 1.`,
  api: 'client',
  flags: {
    install: text('Install a new encryption key. This will broadcast the new key to all members in the cluster.'),
    list: toggle('List all keys currently in use within the cluster.'),
    'list-primary': toggle('List all primary keys currently in use within the cluster.'),
    'local-only': toggle('Ask the LAN pool only. This flag can only be set for list queries.'),
    'relay-factor': int(
      'Setting this to a non-zero value will cause nodes to relay their response to the operation through this ' +
        'many randomly-chosen other nodes in the cluster. The maximum allowed value is 5.',
    ),
    remove: text(
      'Remove the given key from the cluster. This operation may only be performed on keys which are not currently ' +
        'the primary key.',
    ),
    use: text(
      'Change the primary encryption key, which is used to encrypt messages. The key must already be installed ' +
        'before this operation can succeed.',
    ),
  },
  async run({ flags, terminal, help, client }) {
    const change = (['install', 'use', 'remove'] as const).filter((name) => flags[name] !== '');
    const lists = flags.list || flags['list-primary'];
    if (change.length + Number(lists) > 1) throw new Complaint('Only a single action is allowed');
    if (change.length === 0 && !lists) throw new Complaint(help);
    const query = queryOf(flags['relay-factor'], flags['local-only'], lists);
    if (lists) return list(client(), terminal, query, flags['list-primary'] ? 'PrimaryKeys' : 'Keys');
    const { method, doing } = CHANGES[change[0]!];
    terminal.print(`==> ${doing}`);
    const body = JSON.stringify({ Key: flags[change[0]!] });
    await orComplain('error', () => client().ask({ method, path: PATH, query, body }));
    return 0;
  },
});

function queryOf(relayFactor: number, isLocalOnly: boolean, lists: boolean): Query {
  if (relayFactor < 0 || relayFactor > RELAYS_MAX) {
    throw new Complaint(`Error parsing relay factor: Relay factor must be in range: [0, ${RELAYS_MAX}]`);
  }
  if (isLocalOnly && !lists) {
    throw new Complaint('Error validating local-only: local-only can only be set for list requests');
  }
  return {
    ...(relayFactor === 0 ? {} : { 'relay-factor': String(relayFactor) }),
    ...(isLocalOnly ? { 'local-only': 'true' } : {}),
  };
}

interface Ring {
  readonly WAN: boolean;
  readonly Datacenter: string;
  readonly Keys: Readonly<Record<string, unknown>>;
  readonly PrimaryKeys: Readonly<Record<string, unknown>>;
  readonly NumNodes: unknown;
}

async function list(
  client: HttpClient,
  terminal: Terminal,
  query: Query,
  which: 'Keys' | 'PrimaryKeys',
): Promise<number> {
  terminal.print(`==> Gathering installed ${which === 'Keys' ? 'encryption' : 'primary encryption'} keys...`);
  const rings = await orComplain('error', () => client.json<readonly Ring[]>({ path: PATH, query }));
  for (const ring of rings) {
    terminal.print(`\n${ring.WAN ? 'WAN' : `${ring.Datacenter} (LAN)`}:`);
    for (const [key, count] of Object.entries(ring[which])) {
      terminal.print(`  ${key} [${String(count)}/${String(ring.NumNodes)}]`);
    }
  }
  return 0;
}
