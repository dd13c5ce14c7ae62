import { int, pairs, text, texts } from '../../flags/flag';
import { namespaceFlag } from '../../flags/http-flags';
import { printJson, type JsonObject } from '../../json/exact-json';
import { command } from '../command';
import { Complaint, orComplain } from '../../errors/complaint';
import { readDefinitions } from './definitions';

export const servicesRegister = command({
  usage: 'services register [options] [FILE...]',
  about: `  Register one or more services using the local agent API. Services can be
  registered from standard configuration files (HCL or JSON) or using flags.
  The service is registered and the command returns. The caller must remember
  to call "tribune services deregister" or a similar API to deregister the
  service when complete.

      $ tribune services register web.json`,
  api: 'server',
  flags: {
    address: text('Address of the service to register for arg-based registration.'),
    id: text(
      "ID of the service to register for arg-based registration. If this isn't set, it will default to the -name value.",
    ),
    kind: text("The services 'kind'"),
    meta: pairs(
      'Metadata to set on the service, formatted as key=value. This flag may be specified multiple times to set multiple meta fields.',
      'value',
    ),
    name: text('Name of the service to register for arg-based registration.'),
    port: int('Port of the service to register for arg-based registration.'),
    tag: texts('Tag to add to the service. This flag can be specified multiple times to set multiple tags.'),
    'tagged-address': pairs(
      'Tagged address to set on the service, formatted as key=value. This flag may be specified multiple times to set multiple addresses.',
      'value',
    ),
    ...namespaceFlag,
  },
  async run({ flags, args, terminal, client }) {
    if (args.length === 0 && flags.name === '')
      throw new Complaint('Service registration requires at least one argument or flags.');
    if (args.length > 0 && (flags.name !== '' || flags.id !== ''))
      throw new Complaint('Service registration requires arguments or -id, not both.');
    const services = args.length > 0 ? readDefinitions(args) : [{ name: flags.name, body: fromFlags(flags) }];
    for (const { name, body } of services) {
      await orComplain(`Error registering service "${name}"`, () =>
        client().ask({ method: 'PUT', path: '/v1/agent/service/register', body: printJson(body) }),
      );
      terminal.print(`Registered service: ${name}`);
    }
    return 0;
  },
});

interface ServiceFlags {
  readonly kind: string;
  readonly id: string;
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly tag: readonly string[];
  readonly meta: ReadonlyMap<string, string>;
  readonly 'tagged-address': ReadonlyMap<string, string>;
}

function fromFlags(flags: ServiceFlags): JsonObject {
  const tagged = [...flags['tagged-address']].map(([tag, address]) => [tag, hostPort(address)] as const);
  return {
    ...(flags.kind !== '' && { Kind: flags.kind }),
    ...(flags.id !== '' && { ID: flags.id }),
    Name: flags.name,
    Address: flags.address,
    Port: flags.port,
    Tags: flags.tag,
    Meta: Object.fromEntries(flags.meta),
    TaggedAddresses: Object.fromEntries(tagged),
  };
}

function hostPort(text: string): JsonObject {
  const match = /^(?:\[([^\]]*)\]|([^:]*)):(.*)$/.exec(text);
  if (!match) throw new Complaint(`Invalid Tagged Address: address ${text}: missing port in address`);
  if (!/^\d+$/.test(match[3]!)) throw new Complaint(`Invalid Tagged Address: invalid port ${JSON.stringify(match[3])}`);
  return { Address: match[1] ?? match[2]!, Port: Number(match[3]) };
}
