import type { CheckServiceNode, Node } from '@tribune/protocol';
import type { Lookup } from '../catalog/catalog-reader';
import { dnsSettingsDefaults, type DnsSettings } from '../options';
import { readReply } from '../testing/dns-client';
import { check, registration, type Registered } from '../testing/registrations';
import { encodeAnswer } from '../wire/answer-set';
import { assemble } from '../wire/assemble';
import { TYPE } from '../wire/codes';
import { nameFromText } from '../wire/name';
import { parseQuery } from '../wire/query';
import { seededRandom } from '@tribune/platform';
import type { ResolverContext } from './context';
import { resolve } from './resolve';

/** One question and what must come of it; records as `owner ttl TYPE data`, in any order. */
interface Case {
  readonly qname: string;
  readonly qtype?: keyof typeof TYPE;
  readonly rcode?: string;
  readonly answer?: readonly string[];
  readonly additional?: readonly string[];
  /** Why there is no answer, as the query log says it. */
  readonly reason?: string;
}

function instance(service: string, given: Registered = {}): CheckServiceNode {
  const made = registration(service, given);
  const at = { createIndex: 1, modifyIndex: 1 };
  const checks = (made.checks ?? []).map((each) => ({ ...each, ...at }));
  return { node: { ...made.node, ...at }, service: { ...made.service!, node: made.node.node, ...at }, checks };
}

const known = <T>(value: T): Lookup<T> => ({ kind: 'known', value, sources: [] });

/** A catalog of just these instances. */
function contextOf(instances: readonly CheckServiceNode[], settings: Partial<DnsSettings> = {}): ResolverContext {
  const of = (name: string) => instances.filter(({ service }) => service.service === name.toLowerCase());
  const nodes = new Map<string, Node>(instances.map(({ node }) => [node.node.toLowerCase(), node]));
  return {
    catalog: {
      node: (name) => known(nodes.get(name.toLowerCase())),
      nodeWithAddress: () => known(undefined),
      instances: (name) => known(of(name).length > 0 ? of(name) : undefined),
      connectInstances: (name) =>
        known(instances.filter(({ service }) => service.proxy?.DestinationServiceName === name)),
    },
    serviceWithAddress: () => ({ kind: 'known', service: undefined }),
    settings: { ...dnsSettingsDefaults, ...settings },
    datacenter: 'dc1',
    domains: [nameFromText('consul')!],
    nowSeconds: () => 0,
    external: () => ({ kind: 'known', records: [] }),
  };
}

function answerTo({ qname, qtype = 'A' }: Case, context: ResolverContext) {
  const name = nameFromText(qname)!;
  const resolution = resolve({ name, type: TYPE[qtype] }, context);
  if (resolution.kind !== 'answered') throw new Error(`${qname} is ${resolution.kind}`);
  const query = parseQuery(
    Buffer.concat([Buffer.from([0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0]), name, Buffer.from([0, TYPE[qtype], 0, 1])]),
  );
  if (query.kind !== 'query') throw new Error(query.reason);
  const set = encodeAnswer(name, resolution.answer, true);
  const options = { recursionAvailable: false, truncate: false, authoritative: true };
  const reply = readReply(
    assemble(set, query, { bytes: 65_535, pooledAnswers: Infinity }, options, seededRandom(1), 0),
  );
  return { rcode: reply.rcode, answer: reply.answer, additional: reply.additional, reason: resolution.reason };
}

function expectCase(tested: Case, context: ResolverContext): void {
  const { rcode = 'NOERROR', answer = [], additional = [], reason } = tested;
  expect(answerTo(tested, context)).toEqual({
    rcode,
    answer: [...answer].sort(),
    additional: [...additional].sort(),
    reason,
  });
}

describe('a service', () => {
  const states = contextOf([
    instance('web', { node: 'a', nodeAddress: '10.0.0.1', checks: ['passing'] }),
    instance('web', { node: 'b', nodeAddress: '10.0.0.2', checks: ['passing', 'warning'] }),
    instance('web', { node: 'c', nodeAddress: '10.0.0.3', checks: ['warning', 'critical'] }),
    instance('down', { node: 'c', checks: ['critical'] }),
  ]);

  it.each<Case>([
    { qname: 'web.service.consul', answer: ['web.service.consul. 0 A 10.0.0.1', 'web.service.consul. 0 A 10.0.0.2'] },
    { qname: 'web.service.consul', qtype: 'AAAA', reason: 'no record of this type' },
    { qname: 'down.service.consul', rcode: 'NXDOMAIN', reason: 'no healthy instance' },
    { qname: 'none.service.consul', rcode: 'NXDOMAIN', reason: 'no such service' },
    { qname: 'blue.web.service.consul', rcode: 'NXDOMAIN', reason: 'no instance with this tag' },
    { qname: 'web.service.moon.consul', rcode: 'NXDOMAIN', reason: 'no such datacenter' },
    { qname: 'web.service.dc1.x.consul', rcode: 'NXDOMAIN', reason: 'no such datacenter' },
    { qname: 'service.consul', rcode: 'NXDOMAIN', reason: 'no name before the kind' },
    { qname: 'web.consul', rcode: 'NXDOMAIN', reason: 'no kind of name that we know' },
  ])('$qname $qtype', (tested) => expectCase(tested, states));

  it('leaves out warnings when only passing ones are wanted', () => {
    const strict = { ...states, settings: { ...states.settings, onlyPassing: true } };
    expectCase({ qname: 'web.service.consul', answer: ['web.service.consul. 0 A 10.0.0.1'] }, strict);
  });

  it('weighs its instances by their state', () => {
    const weights = { passing: 10, warning: 3 };
    const context = contextOf([
      instance('web', { node: 'a', nodeAddress: '10.0.0.1', weights }),
      instance('web', { node: 'b', nodeAddress: '10.0.0.2', weights, checks: ['warning'] }),
      instance('web', { node: 'c', nodeAddress: '10.0.0.3', weights, checks: ['odd'] }),
      instance('web', { node: 'd', nodeAddress: '10.0.0.4', weights: { passing: 0, warning: 0 } }),
    ]);
    const { answer } = answerTo({ qname: 'web.service.consul', qtype: 'SRV' }, context);
    expect(answer.map((record) => record.split(' ').slice(4).join(' '))).toEqual([
      '1 80 c.node.dc1.consul.',
      '1 80 d.node.dc1.consul.',
      '10 80 a.node.dc1.consul.',
      '3 80 b.node.dc1.consul.',
    ]);
  });

  it('on a node whose name DNS cannot hold is found by its address', () => {
    const context = contextOf([instance('web', { node: 'x'.repeat(64), nodeAddress: '10.0.0.1' })]);
    expectCase(
      {
        qname: 'web.service.consul',
        qtype: 'SRV',
        answer: ['web.service.consul. 0 SRV 1 1 80 0a000001.addr.dc1.consul.'],
        additional: ['0a000001.addr.dc1.consul. 0 A 10.0.0.1'],
      },
      context,
    );
  });

  it('at addresses that are no names at all is left out', () => {
    const context = contextOf([
      instance('web', { address: 'not..a..name' }),
      instance('web', { id: 'w2', address: '10.0.0.9' }),
    ]);
    expectCase({ qname: 'web.service.consul', answer: ['web.service.consul. 0 A 10.0.0.9'] }, context);
  });

  it('behind a loop of aliases ends, with the aliases', () => {
    const context = contextOf([
      instance('a', { address: 'b.service.consul' }),
      instance('b', { address: 'a.service.consul' }),
    ]);
    const { rcode, answer } = answerTo({ qname: 'a.service.consul' }, context);
    expect(rcode).toBe('NOERROR');
    expect(answer).toContain('a.service.consul. 0 CNAME b.service.consul.');
  });

  it('says nothing of node metadata when that is off', () => {
    const instances = [instance('web', { nodeMeta: { os: 'linux' } })];
    const asked: Case = { qname: 'web.service.consul', qtype: 'SRV' };
    const records = (settings: Partial<DnsSettings>) => answerTo(asked, contextOf(instances, settings)).additional;
    expect(records({})).toEqual(['n1.node.dc1.consul. 0 A 10.0.0.1', 'n1.node.dc1.consul. 0 TXT "os=linux"']);
    expect(records({ enableAdditionalNodeMetaTxt: false })).toEqual(['n1.node.dc1.consul. 0 A 10.0.0.1']);
  });

  it.each([
    ['web', 3],
    ['WEB', 3],
    ['webapp', 2],
    ['other', 1],
  ])('called %s has a TTL of %i s', (service, ttl) => {
    const context = contextOf([instance(service.toLowerCase())], {
      serviceTtl: { '*': 1, 'we*': 9, 'web*': 2, web: 3 },
    });
    expectCase(
      { qname: `${service}.service.consul`, answer: [`${service}.service.consul. ${ttl} A 10.0.0.1`] },
      context,
    );
  });

  it('has its proxies under connect', () => {
    const context = contextOf([
      instance('web'),
      instance('web-proxy', { proxyFor: 'web', port: 21_000, node: 'p', nodeAddress: '10.0.0.8' }),
    ]);
    expectCase(
      {
        qname: 'web.connect.consul',
        qtype: 'SRV',
        answer: ['web.connect.consul. 0 SRV 1 1 21000 p.node.dc1.consul.'],
        additional: ['p.node.dc1.consul. 0 A 10.0.0.8'],
      },
      context,
    );
    expectCase({ qname: 'none.connect.consul', rcode: 'NXDOMAIN', reason: 'no instance' }, context);
  });
});

describe('a node', () => {
  const context = contextOf([
    instance('web', { node: 'n1', nodeAddress: 'fd00::1', nodeMeta: { 'a=b': 'c', 'rfc1035-x': 'bare' } }),
    instance('web', { node: 'alias', nodeAddress: 'n1.node.consul' }),
  ]);

  it.each<Case>([
    {
      qname: 'n1.node.consul',
      qtype: 'AAAA',
      answer: ['n1.node.consul. 0 AAAA fd00::1'],
      additional: ['n1.node.consul. 0 TXT "a`=b=c"', 'n1.node.consul. 0 TXT "bare"'],
    },
    {
      qname: 'n1.node.consul',
      qtype: 'A',
      additional: ['n1.node.consul. 0 TXT "a`=b=c"', 'n1.node.consul. 0 TXT "bare"'],
      reason: 'no address of this family',
    },
    {
      qname: 'n1.node.consul',
      qtype: 'TXT',
      answer: ['n1.node.consul. 0 TXT "a`=b=c"', 'n1.node.consul. 0 TXT "bare"'],
    },
    { qname: 'alias.node.consul', qtype: 'TXT', reason: 'no metadata' },
    {
      qname: 'alias.node.consul',
      qtype: 'AAAA',
      answer: ['alias.node.consul. 0 CNAME n1.node.consul.', 'n1.node.consul. 0 AAAA fd00::1'],
    },
    { qname: 'n1.node.consul', qtype: 'SRV', reason: 'no record of this type' },
    { qname: 'n2.node.consul', rcode: 'NXDOMAIN', reason: 'no such node' },
  ])('$qname $qtype', (tested) => expectCase(tested, context));
});

it('a check of the node takes all its instances out', () => {
  const sick = instance('web');
  const context = contextOf([
    { ...sick, checks: [{ ...check('n1', 'node', 'critical', '', ''), createIndex: 1, modifyIndex: 1 }] },
  ]);
  expectCase({ qname: 'web.service.consul', rcode: 'NXDOMAIN', reason: 'no healthy instance' }, context);
});
