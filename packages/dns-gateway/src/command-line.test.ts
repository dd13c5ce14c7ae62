import { readOptions } from '@tribune/platform';
import { commandLineSpecs, readCommandLine } from './command-line';
import { dnsGatewayDefaults, dnsSettingsDefaults } from './options';
import { OptionsInvalid, validateDnsOptions } from './options-validation';

const read = (...argv: string[]) => readCommandLine(readOptions(commandLineSpecs, argv, {}));

describe('the command line', () => {
  it('means the defaults when nothing is given', () => {
    const { gateway, admin, catalogAddress } = read();
    expect(gateway).toEqual(dnsGatewayDefaults);
    expect([admin, catalogAddress]).toEqual([{ host: '127.0.0.1', port: 8601 }, '127.0.0.1:8502']);
  });

  it('takes every setting of dns_config', () => {
    const { gateway } = read(
      ...['--dns-address=10.0.0.1, 10.0.0.2:53', '--domain', 'corp', '--alt-domain=alt.corp', '--datacenter', 'east'],
      ...['--node-ttl=10s', '--service-ttl=web=1m,*=5s', '--only-passing=true', '--enable-truncate=true'],
      ...['--udp-answer-limit=5', '--a-record-limit=7', '--disable-compression=true'],
      ...['--enable-additional-node-meta-txt=false', '--recursors=10.0.0.9,[fd00::1]:53', '--recursor-strategy=random'],
      ...['--recursor-timeout=500ms', '--soa-min-ttl=30'],
    );
    expect(gateway).toMatchObject({
      domain: 'corp',
      altDomain: 'alt.corp',
      datacenter: 'east',
      port: 53,
      addresses: ['10.0.0.1', '10.0.0.2'],
    });
    expect(gateway.settings).toEqual({
      ...{ nodeTtl: 10, serviceTtl: { web: 60, '*': 5 }, onlyPassing: true, enableTruncate: true, udpAnswerLimit: 5 },
      ...{ aRecordLimit: 7, disableCompression: true, enableAdditionalNodeMetaTxt: false, recursorStrategy: 'random' },
      ...{ recursors: ['10.0.0.9', '[fd00::1]:53'], recursorTimeoutMs: 500 },
      soa: { ...dnsSettingsDefaults.soa, minTtl: 30 },
    });
  });

  it('tells all that is wrong at once, by name', () => {
    let problems: readonly string[] = [];
    try {
      read('--dns-address=nowhere', '--node-ttl=soon', '--only-passing=perhaps', '--soa-retry=-1');
    } catch (thrown) {
      problems = (thrown as OptionsInvalid).detail.problems;
    }
    expect(problems).toEqual([
      '--dns-address: "nowhere" is not host:port',
      '--soa-retry: "-1" is not a whole number',
      '--node-ttl: "soon" is not a duration like 10s',
      '--only-passing: "perhaps" is not one of true, false',
    ]);
  });
});

it('options that cannot be are refused with field, value and rule', () => {
  const settings = { ...dnsSettingsDefaults, nodeTtl: -1, recursors: ['x'], udpAnswerLimit: 0.5, recursorTimeoutMs: 0 };
  const bounds = { ...dnsGatewayDefaults.bounds, waitingMax: 0 };
  const wrong = { ...dnsGatewayDefaults, domain: 'a..b', addresses: ['localhost'], port: 70_000, settings, bounds };
  expect(validateDnsOptions(wrong)).toEqual([
    'domain: "a..b" is not a domain name',
    'addresses: "localhost" is not an IP address',
    'port: 70000 is not between 0 and 65535',
    'bounds.waitingMax: 0 is not a positive whole number',
    'nodeTtl: -1 is not a whole number of seconds',
    'udpAnswerLimit: 0.5 is not a whole number',
    'recursorTimeoutMs: 0 is not positive',
    'recursors: "x" is not an IP address with or without a port',
  ]);
});
