import { toggle } from '../flags/flag';
import type { HttpClient } from '../http/http-client';
import { command } from './command';
import { Complaint, misuse, orComplain } from '../errors/complaint';
import { distanceMs, type Coordinate } from './network-distance';

export const rtt = command({
  usage: 'rtt [options] node1 [node2]',
  about: `  Estimates the round trip time between two nodes using the network coordinate
  model of the cluster.

  At least one node name is required. If the second node name isn't given, it
  is set to the agent's node name. Note that these are node names as "tribune
  members" would show, not IP addresses.

  By default, the two nodes are assumed to be nodes in the local datacenter and
  the LAN coordinates are used. If the -wan option is given, then the WAN
  coordinates are used, and the node names must be suffixed by a period and the
  datacenter (eg. "myserver.dc1").`,
  api: 'client',
  flags: { wan: toggle('Use WAN coordinates instead of LAN coordinates.') },
  async run({ flags: { wan }, args, terminal, client }) {
    if (args.length < 1 || args.length > 2) throw misuse('One or two node names must be specified');
    const from = args[0]!;
    const to = args[1] ?? (await ownName(client(), wan));
    const find = wan ? await wanCoordinates(client(), [from, to]) : await lanCoordinates(client());
    const estimate = distanceMs(coordinateOf(find, from), coordinateOf(find, to));
    const pool = wan ? 'WAN' : 'LAN';
    terminal.print(`Estimated ${from} <-> ${to} rtt: ${estimate.toFixed(3)} ms (using ${pool} coordinates)`);
    return 0;
  },
});

type Find = (node: string) => Coordinate | undefined;

function coordinateOf(find: Find, node: string): Coordinate {
  const coordinate = find(node);
  if (!coordinate) throw new Complaint(`Could not find a coordinate for node ${JSON.stringify(node)}`);
  return coordinate;
}

interface Self {
  readonly Config: { readonly NodeName: string; readonly Datacenter: string };
}

async function ownName(client: HttpClient, wan: boolean): Promise<string> {
  const { Config } = await orComplain('Unable to look up agent info', () =>
    client.json<Self>({ path: '/v1/agent/self' }),
  );
  return wan ? `${Config.NodeName}.${Config.Datacenter}` : Config.NodeName;
}

interface Entry {
  readonly Node: string;
  readonly Segment?: string;
  readonly Coord: Coordinate;
}

async function lanCoordinates(client: HttpClient): Promise<Find> {
  const entries = await orComplain('Error getting coordinates', () =>
    client.json<readonly Entry[]>({ path: '/v1/coordinate/nodes' }),
  );
  return (node) => entries.find((one) => one.Node === node)?.Coord;
}

interface Area {
  readonly Datacenter: string;
  readonly Coordinates: readonly Entry[];
}

async function wanCoordinates(client: HttpClient, names: readonly string[]): Promise<Find> {
  if (names.some((name) => !name.includes('.')))
    throw new Complaint('Node names must be specified as <node name>.<datacenter> with -wan');
  const areas = await orComplain('Error getting coordinates', () =>
    client.json<readonly Area[]>({ path: '/v1/coordinate/datacenters' }),
  );
  return (name) => {
    // The datacenter is what follows the last period; node names may have periods too.
    const at = name.lastIndexOf('.');
    const area = areas.find((one) => one.Datacenter === name.slice(at + 1));
    return area?.Coordinates.find((one) => one.Node === name.slice(0, at) || one.Node === name)?.Coord;
  };
}
