import type { DecodedAgent } from '../config/schema/agent-fields';
import type { Report } from '../config/build/addresses';

/** With `layout = "processes"` the pieces are told one another's addresses before they listen. */
export function checkProcessLayout({ layout, ports }: DecodedAgent, report: Report): void {
  if (layout !== 'processes') return;
  const zero = (['http', 'dns', 'grpc', 'server', 'serf_lan', 'serf_wan'] as const).filter((name) => ports[name] === 0);
  for (const name of zero) report(`ports.${name}`, 'cannot be 0 with layout = "processes"');
  if (ports.http === -1) report('ports.http', 'cannot be -1 with layout = "processes"');
}
