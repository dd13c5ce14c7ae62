import { CodedError } from '@tribune/platform';
import { isIP } from 'node:net';
import type { DnsGatewayOptions, DnsSettings } from './options';
import { parseRecursor } from './resolvers/forward/recursor-address';
import { nameFromText } from './wire/name';

export class OptionsInvalid extends CodedError<{ code: 'DNS_OPTIONS_INVALID'; problems: readonly string[] }> {
  constructor(problems: readonly string[]) {
    super({ code: 'DNS_OPTIONS_INVALID', problems }, problems.join('\n'));
  }
}

const SECONDS_MAX = 2 ** 31 - 1;

/** All problems, each naming field, value and rule. */
export function validateDnsOptions(options: DnsGatewayOptions): string[] {
  const problems: string[] = [];
  const isDomain = (text: string): boolean => (nameFromText(text)?.length ?? 1) > 1;
  if (!isDomain(options.domain)) problems.push(`domain: ${JSON.stringify(options.domain)} is not a domain name`);
  if (options.altDomain !== '' && !isDomain(options.altDomain)) {
    problems.push(`altDomain: ${JSON.stringify(options.altDomain)} is not a domain name`);
  }
  if (options.addresses.length === 0) problems.push('addresses: at least one is needed');
  for (const address of options.addresses) {
    if (!isIP(address)) problems.push(`addresses: ${JSON.stringify(address)} is not an IP address`);
  }
  if (!isWhole(options.port, 65_535)) problems.push(`port: ${options.port} is not between 0 and 65535`);
  for (const [bound, value] of Object.entries(options.bounds)) {
    if (!isWhole(value, Number.MAX_SAFE_INTEGER) || value === 0)
      problems.push(`bounds.${bound}: ${value} is not a positive whole number`);
  }
  return [...problems, ...validateDnsSettings(options.settings)];
}

export function validateDnsSettings(settings: DnsSettings): string[] {
  const problems: string[] = [];
  const seconds: Record<string, number> = { nodeTtl: settings.nodeTtl };
  for (const [name, ttl] of Object.entries(settings.serviceTtl)) seconds[`serviceTtl.${name}`] = ttl;
  for (const [name, value] of Object.entries(settings.soa)) seconds[`soa.${name}`] = value;
  for (const [field, value] of Object.entries(seconds)) {
    if (!isWhole(value, SECONDS_MAX)) problems.push(`${field}: ${value} is not a whole number of seconds`);
  }
  for (const field of ['udpAnswerLimit', 'aRecordLimit'] as const) {
    if (!isWhole(settings[field], SECONDS_MAX)) problems.push(`${field}: ${settings[field]} is not a whole number`);
  }
  if (!(settings.recursorTimeoutMs > 0))
    problems.push(`recursorTimeoutMs: ${settings.recursorTimeoutMs} is not positive`);
  for (const recursor of settings.recursors) {
    if (!parseRecursor(recursor))
      problems.push(`recursors: ${JSON.stringify(recursor)} is not an IP address with or without a port`);
  }
  return problems;
}

const isWhole = (value: number, max: number): boolean => Number.isInteger(value) && value >= 0 && value <= max;
