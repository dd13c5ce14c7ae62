import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { ConnectionOptions } from 'node:tls';
import type { TlsSettings } from './settings';

/** Node's TLS options for an HTTPS agent. Reads the files now, so that a wrong path is an error of its own. */
export function tlsOptions(tls: TlsSettings): ConnectionOptions {
  const authorities = [...(tls.caFile === '' ? [] : [tls.caFile]), ...(tls.caPath === '' ? [] : filesIn(tls.caPath))];
  if ((tls.certFile === '') !== (tls.keyFile === ''))
    throw new Error('Both client cert and client key must be provided');
  return {
    rejectUnauthorized: tls.isVerified,
    ...(authorities.length > 0 && { ca: authorities.map((path) => readFileSync(path)) }),
    ...(tls.certFile !== '' && { cert: readFileSync(tls.certFile), key: readFileSync(tls.keyFile) }),
    ...(tls.serverName !== '' && { servername: tls.serverName }),
  };
}

const filesIn = (folder: string): string[] =>
  readdirSync(folder)
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
