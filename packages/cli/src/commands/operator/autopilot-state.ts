import { text } from '../../flags/flag';
import type { HttpClient } from '../../http/http-client';
import { parseJson, printJson, type Json } from '../../json/exact-json';
import { command } from '../command';
import { Complaint, orComplain } from '../../errors/complaint';

/** The body of `/v1/operator/autopilot/health`. */
interface Health {
  readonly Healthy: boolean;
  readonly FailureTolerance: number;
  readonly Servers: readonly ServerHealth[];
}

interface ServerHealth {
  readonly ID: string;
  readonly Name: string;
  readonly Address: string;
  readonly SerfStatus: string;
  readonly Version: string;
  readonly Leader: boolean;
  readonly LastContact: string;
  readonly LastTerm: number;
  readonly LastIndex: number;
  readonly Healthy: boolean;
  readonly Voter: boolean;
}

/** Autopilot's way of saying "not healthy", with the same body. */
const UNHEALTHY = 429;

export const autopilotState = command({
  usage: 'operator autopilot state [options]',
  about: `  Displays the current Autopilot state: whether the servers are healthy and how
  many of them may fail.`,
  api: 'server',
  flags: { format: text('Output format {pretty|json}', 'pretty') },
  async run({ flags: { format }, terminal, client }) {
    if (format !== 'pretty' && format !== 'json')
      throw new Complaint(`Invalid format, valid formats are {pretty|json}`);
    const health = await orComplain('Error querying Autopilot state', () => readHealth(client()));
    if (format === 'json') terminal.print(printJson(health as unknown as Json, '    '));
    else terminal.write(pretty(health));
    return 0;
  },
});

async function readHealth(client: HttpClient): Promise<Health> {
  const { body } = await client.ask({ path: '/v1/operator/autopilot/health', accepts: [UNHEALTHY] });
  return parseJson(body.toString()) as unknown as Health;
}

function pretty({ Healthy, FailureTolerance, Servers }: Health): string {
  const head = [
    ['Healthy:', Healthy],
    ['Failure Tolerance:', FailureTolerance],
    ['Leader:', Servers.find((one) => one.Leader)?.ID ?? ''],
  ] as const;
  const voters = Servers.filter((one) => one.Voter).map((one) => `   ${one.ID}\n`);
  return `${table(head, '')}Voters:\n${voters.join('')}\nServers:\n${Servers.map(server).join('')}`;
}

function server(one: ServerHealth): string {
  const status = one.Leader ? 'leader' : one.Voter ? 'voter' : 'non-voter';
  const rows = [
    ['Name:', one.Name],
    ['Address:', one.Address],
    ['Version:', one.Version],
    ['Status:', status],
    ['Node Status:', one.SerfStatus],
    ['Healthy:', one.Healthy],
    ['Last Contact:', one.LastContact],
    ['Last Term:', one.LastTerm],
    ['Last Index:', one.LastIndex],
  ] as const;
  return `   ${one.ID}\n${table(rows, '      ')}`;
}

function table(rows: readonly (readonly [string, unknown])[], indent: string): string {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `${indent}${name.padEnd(width)} ${String(value)}\n`).join('');
}
