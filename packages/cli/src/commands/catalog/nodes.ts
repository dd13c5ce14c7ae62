import { pairs, text, toggle } from '../../flags/flag';
import { columns } from '../../output/columns';
import { escapePath, type HttpClient, type Query } from '../../http/http-client';
import { command } from '../command';
import { orComplain, refuseArguments } from '../../errors/complaint';

interface Node {
  readonly ID: string;
  readonly Node: string;
  readonly Address: string;
  readonly Datacenter: string;
  readonly TaggedAddresses: Readonly<Record<string, string>> | null;
  readonly Meta: Readonly<Record<string, string>> | null;
}

/** The same node as a row of `/v1/catalog/service`. */
interface ServiceNode extends Omit<Node, 'Meta'> {
  readonly NodeMeta: Node['Meta'];
}

/** As much of an id as tells nodes apart at a glance. */
const SHORT_ID = 8;

export const catalogNodes = command({
  usage: 'catalog nodes [options]',
  about: `  Retrieves the list of nodes registered in a given datacenter. By default, the
  datacenter of the local agent is queried.

  To print detailed information including full node IDs, tagged addresses, and
  metadata information:

      $ tribune catalog nodes -detailed

  To list nodes which are running a particular service:

      $ tribune catalog nodes -service=web

  To filter by node metadata:

      $ tribune catalog nodes -node-meta="foo=bar"

  To sort nodes by estimated round-trip time from node-web:

      $ tribune catalog nodes -near=node-web`,
  api: 'server',
  flags: {
    detailed: toggle('Output detailed information about the nodes including their addresses and metadata.'),
    filter: text('Filter to use with the request'),
    near: text(
      'Node name to sort the node list in ascending order based on estimated round-trip time from that node. Passing "_agent" will use this agent\'s node for sorting.',
    ),
    'node-meta': pairs(
      'Metadata to filter nodes with the given `key=value` pairs. This flag may be specified multiple times to filter on multiple sources of metadata.',
    ),
    service: text(
      'Service `id or name` to filter nodes. Only nodes which are providing the given service will be returned.',
      '',
      'id or name',
    ),
  },
  async run({ flags, args, terminal, client }) {
    refuseArguments(args);
    const query = {
      near: flags.near || undefined,
      filter: flags.filter || undefined,
      'node-meta': [...flags['node-meta']].map(([key, value]) => `${key}:${value}`),
    };
    const nodes = await orComplain('Error listing nodes', () => read(client(), flags.service, query));
    if (nodes.length === 0) terminal.complain('No nodes match the given query - try expanding your search.');
    else terminal.print(columns(flags.detailed ? detailedRows(nodes) : standardRows(nodes)));
    return 0;
  },
});

async function read(client: HttpClient, service: string, query: Query): Promise<readonly Node[]> {
  if (service === '') return client.json<readonly Node[]>({ path: '/v1/catalog/nodes', query });
  const path = `/v1/catalog/service/${escapePath(service)}`;
  const rows = await client.json<readonly ServiceNode[]>({ path, query });
  const nodes = rows.map(({ NodeMeta, ...row }) => ({ ...row, Meta: NodeMeta }));
  return nodes.filter((node, at) => nodes.findIndex((other) => other.Node === node.Node) === at);
}

const standardRows = (nodes: readonly Node[]): string[][] => [
  ['Node', 'ID', 'Address', 'DC'],
  ...nodes.map((one) => [one.Node, one.ID.slice(0, SHORT_ID), one.Address, one.Datacenter]),
];

const detailedRows = (nodes: readonly Node[]): string[][] => [
  ['Node', 'ID', 'Address', 'DC', 'TaggedAddresses', 'Meta'],
  ...nodes.map((one) => [one.Node, one.ID, one.Address, one.Datacenter, list(one.TaggedAddresses), list(one.Meta)]),
];

const list = (map: Readonly<Record<string, string>> | null): string =>
  Object.keys(map ?? {})
    .sort()
    .map((key) => `${key}=${map![key]}`)
    .join(', ');
