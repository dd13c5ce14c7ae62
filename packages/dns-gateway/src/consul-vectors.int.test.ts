import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CatalogRegistration, JsonObject } from '@tribune/protocol';
import {
  ask,
  check,
  nodeRegistration,
  registration,
  startGateway,
  type Asked,
  type Reply,
  type TestGateway,
} from './testing';

/** Catalog registrations as Consul's HTTP API takes them, and what its DNS then said. */
interface Vectors {
  readonly registrations: readonly ConsulRegistration[];
  readonly cases: readonly (Asked &
    Omit<Reply, 'bytes' | 'answer' | 'authority' | 'additional'> &
    Partial<Sections> & { counts?: readonly number[] })[];
}
interface Sections {
  readonly answer: readonly string[];
  readonly authority: readonly string[];
  readonly additional: readonly string[];
}
interface ConsulRegistration {
  readonly Node: string;
  readonly Address: string;
  readonly NodeMeta?: Record<string, string>;
  readonly Service?: {
    readonly ID: string;
    readonly Service: string;
    readonly Port: number;
    readonly Address?: string;
    readonly Tags?: readonly string[];
    readonly Weights?: { readonly Passing: number; readonly Warning: number };
    readonly Kind?: string;
    readonly Proxy?: JsonObject;
    readonly Connect?: { readonly Native: boolean };
  };
  readonly Checks?: readonly { readonly CheckID: string; readonly Status: string; readonly ServiceID?: string }[];
}

const vectors = JSON.parse(readFileSync(join(__dirname, '../test/vectors/consul-1.8.7.json'), 'utf8')) as Vectors;

function fromConsul({ Node, Address, NodeMeta, Service, Checks = [] }: ConsulRegistration): CatalogRegistration {
  const checks = Checks.map(({ CheckID, Status, ServiceID = '' }) =>
    check(Node, CheckID, Status, ServiceID, Service?.Service ?? ''),
  );
  if (!Service) return { ...nodeRegistration(Node, Address, NodeMeta), checks };
  const given = registration(Service.Service, {
    node: Node,
    nodeAddress: Address,
    id: Service.ID,
    port: Service.Port,
    tags: Service.Tags ?? [],
    address: Service.Address ?? '',
    ...(NodeMeta ? { nodeMeta: NodeMeta } : {}),
    ...(Service.Weights ? { weights: { passing: Service.Weights.Passing, warning: Service.Weights.Warning } } : {}),
    ...(Service.Proxy ? { proxyFor: String(Service.Proxy.DestinationServiceName) } : {}),
  });
  return { ...given, service: { ...given.service!, connectNative: Service.Connect?.Native ?? false }, checks };
}

/** Where we mean to differ, by reason. Each change stands for what is expected instead of the record. */
const SOA = 'consul. 0 SOA ns.consul. hostmaster.consul. NOW 3600 600 86400 0';
const CHANGES = {
  /** "No data" carries the SOA everywhere, so that it can be cached (RFC 2308 §3). */
  noDataSoa: { authority: [SOA] },
  /** Later Consul says NXDOMAIN too: SERVFAIL makes resolvers ask again and again. */
  reverseMiss: { rcode: 'NXDOMAIN', aa: true, ra: false, authority: [SOA] },
} as const;
const inAltDomain = (texts: readonly string[] = []): string[] =>
  texts
    .map((text) =>
      text.replaceAll(/(dc1|hostmaster|ns|^)\.?consul\./g, (name) => name.replace('consul', 'alt.example')),
    )
    .sort();
const recordedFor = (wanted: string): Partial<Sections> => vectors.cases.find((each) => nameOf(each) === wanted) ?? {};
const inSections = (wanted: string, change: (texts?: readonly string[]) => string[]): Partial<Reply> => {
  const { answer, authority, additional } = recordedFor(wanted);
  return { answer: change(answer), authority: change(authority), additional: change(additional) };
};
/** A name's own TTL holds also where an alias led to it, and in reverse answers. */
const withTtl = (wanted: string, from: string, to: string): Partial<Reply> =>
  inSections(wanted, (texts = []) => texts.map((text) => text.replace(from, to)));

const DIFFERENCES: Readonly<Record<string, Partial<Reply>>> = {
  ...Object.fromEntries(
    [
      'n6.node.consul A',
      'mm.node.consul AAAA',
      'mm.node.consul MX',
      'mm.node.consul SRV',
      'zz.addr.consul A',
      'zz.addr.consul AAAA',
    ]
      .concat('0a00000.addr.consul A', '0a00000.addr.consul AAAA')
      .map((name) => [name, CHANGES.noDataSoa]),
  ),
  '1.0.77.10.in-addr.arpa PTR': CHANGES.reverseMiss,
  '0.10.in-addr.arpa PTR': CHANGES.reverseMiss,
  ...Object.fromEntries(
    ['hostc.service.consul A', 'hostc.service.consul SRV'].map((name) => [
      name,
      withTtl(name, 'n1.node.consul. 0 A', 'n1.node.consul. 3 A'),
    ]),
  ),
  ...Object.fromEntries(
    vectors.cases
      .map(nameOf)
      .filter((name) => /^(1\.0\.0\.10\.in-addr|6\.0\.0.*ip6)/.test(name))
      .map((name) => [name, withTtl(name, ' 0 PTR', ' 3 PTR')]),
  ),
  // Case is the asker's in the owner.
  '0A00000F.addr.consul A': { answer: ['0A00000F.addr.consul. 3 A 10.0.0.15'] },
  // Answers stay in the domain that was asked, as in later Consul.
  ...Object.fromEntries(
    ['web.service.alt.example SRV', 'nope.service.alt.example A', 'alt.example NS'].map((name) => [
      name,
      inSections(name, inAltDomain),
    ]),
  ),
  // `<dc>.dc` came with later Consul.
  'n1.node.dc1.dc.consul A': { rcode: 'NOERROR', answer: ['n1.node.dc1.dc.consul. 3 A 10.0.0.1'], authority: [] },
  'web.service.dc1.dc.consul A': {
    rcode: 'NOERROR',
    answer: ['web.service.dc1.dc.consul. 0 A 10.0.0.1', 'web.service.dc1.dc.consul. 0 A 10.0.0.2'],
    authority: [],
  },
};

describe.each(['full', 'on-demand'] as const)(
  'answers recorded from Consul 1.8.7, catalog scope %s',
  (catalogScope) => {
    let test: TestGateway;

    beforeAll(async () => {
      test = await startGateway({
        options: { altDomain: 'alt.example', catalogScope },
        settings: { nodeTtl: 3, serviceTtl: { ttl: 7, 'pre*': 9 } },
      });
      await test.catalog.register(registration('consul', { node: 'alpha', nodeAddress: '127.0.0.1', port: 8300 }));
      for (const each of vectors.registrations) await test.catalog.register(fromConsul(each));
      // The streams bring what was registered before the question; PTR of a service address waits for both.
      await ask(test.gateway.port, { name: 'big60.node.consul', type: 'A' });
    });
    afterAll(() => test.stop());

    it.each(vectors.cases.map((each) => [nameOf(each), each] as const))('%s', async (name, { counts, ...recorded }) => {
      const { answer, authority, additional, ...reply } = await ask(test.gateway.port, recorded);
      const flags = flagsOf(reply);
      const rest = { ...flagsOf(recorded), ...sectionsOf(recorded) };
      if (counts) {
        // At least as many: our compression finds more to share.
        const ours = [answer.length, authority.length, additional.length].map((count, i) =>
          Math.min(count, counts[i]!),
        );
        expect({ ...flags, counts: ours }).toEqual({ ...flagsOf(recorded), counts });
      } else {
        expect({ ...flags, answer, authority, additional }).toEqual({ ...rest, ...DIFFERENCES[name] });
      }
    });
  },
);

type Flags = Pick<Reply, 'rcode' | 'aa' | 'tc' | 'rd' | 'ra' | 'optSize'>;
const flagsOf = ({ rcode, aa, tc, rd, ra, optSize }: Flags): Flags => ({ rcode, aa, tc, rd, ra, optSize });
const sectionsOf = ({ answer = [], authority = [], additional = [] }: Partial<Sections>): Sections => ({
  answer,
  authority,
  additional,
});

function nameOf({ name, type, edns, tcp, norecurse }: Asked): string {
  return [name, type, edns && `edns ${edns}`, tcp && 'tcp', norecurse && 'norecurse'].filter(Boolean).join(' ');
}
