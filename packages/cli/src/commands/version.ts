import { text } from '../flags/flag';
import { printJson } from '../json/exact-json';
import { command } from './command';
import { Complaint } from '../errors/complaint';

/** Of this product; `@tribune/launcher` says the same, which a test holds. */
export const TRIBUNE_VERSION = '0.1.0';
/** The release whose interfaces are spoken. */
export const CONSUL_VERSION = '1.8.7';
const RPC = { Default: 2, Min: 2, Max: 3 };

export const version = command({
  usage: 'version [options]',
  about: '  Prints the version of this program and of the interfaces that it speaks.',
  api: 'none',
  flags: { format: text('Output format {pretty|json}', 'pretty') },
  async run({ flags, terminal }) {
    if (flags.format === 'json') terminal.write(asJson());
    else if (flags.format === 'pretty') terminal.print(asText());
    else throw new Complaint(`Unknown format: ${flags.format}`);
    return 0;
  },
});

const asText = (): string => `Tribune v${TRIBUNE_VERSION}
Speaks the interfaces of Consul v${CONSUL_VERSION}
Protocol ${RPC.Default} spoken by default, understands ${RPC.Min} to ${RPC.Max} (agent will automatically use protocol >${RPC.Default} when speaking to compatible agents)
`;

const asJson = (): string =>
  `${printJson({ Version: TRIBUNE_VERSION, Revision: '', Prerelease: '', Consul: CONSUL_VERSION, RPC }, '   ')}\n`;
