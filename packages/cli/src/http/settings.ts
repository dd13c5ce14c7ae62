import { reasonOf } from '../errors/reason';
import { readFileSync } from 'node:fs';
import { parseBool } from '../flags/flag';
import { parseAddress, type AgentAddress } from './address';

export interface TlsSettings {
  readonly caFile: string;
  readonly caPath: string;
  readonly certFile: string;
  readonly keyFile: string;
  readonly serverName: string;
  readonly isVerified: boolean;
}

/** All that is needed to talk to an agent. */
export interface HttpSettings {
  readonly address: AgentAddress;
  readonly token: string;
  /** `user:password`, or empty. */
  readonly auth: string;
  readonly tls: TlsSettings;
  readonly datacenter: string;
  /** Empty for the only one there is; an agent refuses others. */
  readonly namespace: string;
  readonly isStale: boolean;
}

type Environment = Readonly<Record<string, string | undefined>>;
const DEFAULT_ADDRESS = '127.0.0.1:8500';

/** Flags win over the environment, `TRIBUNE_…` wins over `CONSUL_…`. */
export function readSettings(flags: Readonly<Record<string, unknown>>, env: Environment): HttpSettings {
  const from = (name: string): string => env[`TRIBUNE_${name}`] || env[`CONSUL_${name}`] || '';
  const given = (flag: string, name: string): string => (flags[flag] as string | undefined) || from(name);
  const tls: TlsSettings = {
    caFile: given('ca-file', 'CACERT'),
    caPath: given('ca-path', 'CAPATH'),
    certFile: given('client-cert', 'CLIENT_CERT'),
    keyFile: given('client-key', 'CLIENT_KEY'),
    serverName: given('tls-server-name', 'TLS_SERVER_NAME'),
    isVerified: truth('HTTP_SSL_VERIFY', from('HTTP_SSL_VERIFY'), true),
  };
  const isTls = truth('HTTP_SSL', from('HTTP_SSL'), false);
  return {
    address: parseAddress(given('http-addr', 'HTTP_ADDR') || DEFAULT_ADDRESS, isTls),
    token: readToken(given('token-file', 'HTTP_TOKEN_FILE'), given('token', 'HTTP_TOKEN')),
    auth: from('HTTP_AUTH'),
    tls,
    datacenter: (flags['datacenter'] as string | undefined) ?? '',
    namespace: given('namespace', 'NAMESPACE'),
    isStale: flags['stale'] === true,
  };
}

function truth(name: string, text: string, fallback: boolean): boolean {
  if (text === '') return fallback;
  try {
    return parseBool(text);
  } catch {
    throw new Error(`could not parse TRIBUNE_${name} or CONSUL_${name}: ${JSON.stringify(text)} is not a boolean`);
  }
}

/** A token file wins over a token, as in Consul. */
function readToken(file: string, token: string): string {
  if (file === '') return token;
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new Error(`Error loading token file "${file}": ${reasonOf(error)}`);
  }
}
