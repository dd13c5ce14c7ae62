import { text, toggle } from '../flags/flag';
import { patternOf } from '../flags/pattern';
import { columns } from '../output/columns';
import { command } from './command';
import { orComplain } from '../errors/complaint';

interface Member {
  readonly Name: string;
  readonly Addr: string;
  readonly Port: number;
  readonly Tags: Readonly<Record<string, string>>;
  readonly Status: number;
}

/** Serf's numbers. */
const STATUS = ['none', 'alive', 'leaving', 'left', 'failed'];
/** A script can tell "nobody like that" from an error. */
const NO_MATCH = 2;

export const members = command({
  usage: 'members [options]',
  about: '  Outputs the members of a running Tribune agent.',
  api: 'client',
  flags: {
    detailed: toggle('Provides detailed information about nodes.'),
    segment: text(
      '(Consul Enterprise only) If provided, output is filtered to only nodes in the given segment.',
      '_all',
    ),
    status: text('If provided, output is filtered to only nodes matching the regular expression for status.', '.*'),
    wan: toggle('If the agent is in server mode, this can be used to return the other peers in the WAN pool.'),
  },
  async run({ flags, terminal, client }) {
    const status = patternOf(flags.status, 'status');
    const query = { segment: flags.segment, wan: flags.wan ? '1' : undefined };
    const all = await orComplain('Error retrieving members', () =>
      client().json<readonly Member[]>({ path: '/v1/agent/members', query }),
    );
    const chosen = all.map(withSegment).filter((one) => status.test(statusOf(one)));
    if (chosen.length === 0) return NO_MATCH;
    chosen.sort((a, b) => order(a.Name, b.Name) || order(a.Tags['segment'] ?? '', b.Tags['segment'] ?? ''));
    terminal.print(columns(flags.detailed ? detailedRows(chosen) : standardRows(chosen)));
    return 0;
  },
});

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const statusOf = ({ Status }: Member): string => STATUS[Status] ?? 'none';
const addressOf = ({ Addr, Port }: Member): string => (Addr.includes(':') ? `[${Addr}]:${Port}` : `${Addr}:${Port}`);

/** Servers belong to every segment, clients without one to the default. */
function withSegment(member: Member): Member {
  if (member.Tags['segment']) return member;
  return { ...member, Tags: { ...member.Tags, segment: member.Tags['role'] === 'consul' ? '<all>' : '<default>' } };
}

function standardRows(all: readonly Member[]): string[][] {
  return [['Node', 'Address', 'Status', 'Type', 'Build', 'Protocol', 'DC', 'Segment'], ...all.map(standardRow)];
}

const TYPES: Readonly<Record<string, string>> = { node: 'client', consul: 'server' };

function standardRow(member: Member): string[] {
  const { Tags } = member;
  const type = TYPES[Tags['role'] ?? ''];
  const known = [member.Name, addressOf(member), statusOf(member)];
  if (type === undefined) return [...known, 'unknown', '', '', '', ''];
  const build = Tags['build'] ? Tags['build'].split(':')[0]! : '< 0.3';
  return [...known, type, build, Tags['vsn'] ?? '', Tags['dc'] ?? '', Tags['segment'] ?? ''];
}

function detailedRows(all: readonly Member[]): string[][] {
  const tags = ({ Tags }: Member): string =>
    Object.keys(Tags)
      .sort()
      .map((name) => `${name}=${Tags[name]}`)
      .join(',');
  return [
    ['Node', 'Address', 'Status', 'Tags'],
    ...all.map((one) => [one.Name, addressOf(one), statusOf(one), tags(one)]),
  ];
}
