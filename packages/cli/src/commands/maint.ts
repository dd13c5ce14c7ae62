import { text, toggle } from '../flags/flag';
import { escapePath, type HttpClient } from '../http/http-client';
import type { Terminal } from '../terminal/terminal';
import { command } from './command';
import { Complaint, orComplain } from '../errors/complaint';

const NODE_CHECK = '_node_maintenance';
const SERVICE_CHECK_PREFIX = '_service_maintenance:';

interface Check {
  readonly Node: string;
  readonly CheckID: string;
  readonly Notes: string;
  readonly ServiceID: string;
}

export const maint = command({
  usage: 'maint [options]',
  about: `  Places a node or service into maintenance mode. During maintenance mode, the
  node or service will be excluded from all queries through the DNS or API
  interfaces. This is done by registering an additional critical health check.

  When enabling maintenance mode, you may optionally specify a reason string. It
  will appear in the "Notes" field of that check.

  Maintenance mode is persistent, and will be restored in the event of an agent
  restart. It has to be disabled before the node or service is placed back into
  the pool.

  By default, the node as a whole is meant; -service names one service.

  If no arguments are given, the agent's maintenance status will be shown. This
  will return blank if nothing is currently under maintenance.`,
  api: 'client',
  flags: {
    disable: toggle('Disable maintenance mode.'),
    enable: toggle('Enable maintenance mode.'),
    reason: text('Text describing the maintenance reason.'),
    service: text('Control maintenance mode for a specific service ID.'),
  },
  async run({ flags: { enable, disable, reason, service }, terminal, client }) {
    if (enable && disable) throw new Complaint('Only one of -enable or -disable may be provided');
    if (!enable && reason !== '') throw new Complaint('Reason may only be provided with -enable');
    if (!enable && !disable && service !== '') throw new Complaint('Service requires either -enable or -disable');
    if (!enable && !disable) return list(client(), terminal);
    await set(client(), { enable, reason, service });
    const what = service === '' ? 'Node maintenance' : 'Service maintenance';
    const whose = service === '' ? '' : ` for ${JSON.stringify(service)}`;
    terminal.print(`${what} is now ${enable ? 'enabled' : 'disabled'}${whose}`);
    return 0;
  },
});

interface Wish {
  readonly enable: boolean;
  readonly reason: string;
  readonly service: string;
}

async function set(client: HttpClient, { enable, reason, service }: Wish): Promise<void> {
  const doing = `Error ${enable ? 'enabling' : 'disabling'} ${service === '' ? 'node' : 'service'} maintenance`;
  const path = service === '' ? '/v1/agent/maintenance' : `/v1/agent/service/maintenance/${escapePath(service)}`;
  const query = { enable: String(enable), reason: enable ? reason : undefined };
  await orComplain(doing, () => client.ask({ method: 'PUT', path, query }));
}

async function list(client: HttpClient, terminal: Terminal): Promise<number> {
  const checks = await orComplain('Error getting checks', () =>
    client.json<Readonly<Record<string, Check>>>({ path: '/v1/agent/checks' }),
  );
  for (const check of Object.values(checks)) {
    if (check.CheckID === NODE_CHECK) terminal.print(`Node:\n  Name:   ${check.Node}\n  Reason: ${check.Notes}\n`);
    else if (check.CheckID.startsWith(SERVICE_CHECK_PREFIX))
      terminal.print(`Service:\n  ID:     ${check.ServiceID}\n  Reason: ${check.Notes}\n`);
  }
  return 0;
}
