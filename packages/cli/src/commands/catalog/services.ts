import { pairs, text, toggle } from '../../flags/flag';
import { namespaceFlag } from '../../flags/http-flags';
import { escapePath, type HttpClient, type Query } from '../../http/http-client';
import { columns } from '../../output/columns';
import { command } from '../command';
import { orComplain, refuseArguments } from '../../errors/complaint';

type TagsByService = Readonly<Record<string, readonly string[]>>;
/** Between a name and its tags. */
const GAP = 6;

export const catalogServices = command({
  usage: 'catalog services [options]',
  about: `  Retrieves the list of services registered in a given datacenter. By default,
  the datacenter of the local agent is queried.

  To include the services' tags in the output:

      $ tribune catalog services -tags

  To list services which run on a particular node:

      $ tribune catalog services -node=web

  To filter services on node metadata:

      $ tribune catalog services -node-meta="foo=bar"`,
  api: 'server',
  flags: {
    node: text('Node `id or name` for which to list services.', '', 'id or name'),
    'node-meta': pairs(
      'Metadata to filter nodes with the given `key=value` pairs. If specified, only services running on nodes matching the given metadata will be returned. This flag may be specified multiple times.',
    ),
    tags: toggle("Display each service's tags as a comma-separated list beside each service entry."),
    ...namespaceFlag,
  },
  async run({ flags, args, terminal, client }) {
    refuseArguments(args);
    const query = { 'node-meta': [...flags['node-meta']].map(([key, value]) => `${key}:${value}`) };
    const services = await orComplain('Error listing services', () => read(client(), flags.node, query));
    const names = Object.keys(services).sort();
    if (names.length === 0) terminal.complain('No services match the given query - try expanding your search.');
    else if (!flags.tags) terminal.print(names.join('\n'));
    else
      terminal.print(
        columns(
          names.map((name) => [name, [...services[name]!].sort().join(',')]),
          GAP,
        ).trimEnd(),
      );
    return 0;
  },
});

interface NodeServices {
  readonly Services: Readonly<Record<string, { readonly Service: string; readonly Tags: readonly string[] | null }>>;
}

async function read(client: HttpClient, node: string, query: Query): Promise<TagsByService> {
  if (node === '') return client.json<TagsByService>({ path: '/v1/catalog/services', query });
  const found = await client.json<NodeServices | null>({ path: `/v1/catalog/node/${escapePath(node)}`, query });
  const tags = new Map<string, readonly string[]>();
  for (const { Service, Tags } of Object.values(found?.Services ?? {}))
    tags.set(Service, [...new Set([...(tags.get(Service) ?? []), ...(Tags ?? [])])]);
  return Object.fromEntries(tags);
}
