import { checkServerIdentity } from 'node:tls';
import { credentials, status, type Client, type ServiceError } from '@grpc/grpc-js';
import { callUnary, openClient } from './channel';

export interface HealthProbeSettings {
  /** `host:port` */
  readonly address: string;
  readonly useTls: boolean;
  /** Name to expect in the certificate; '' for the host's. */
  readonly tlsServerName: string;
  readonly tlsSkipVerify: boolean;
}

export type HealthProbeResult =
  | { readonly kind: 'answered'; readonly serving: boolean }
  /** `code` as Go prints it (`DeadlineExceeded`). */
  | { readonly kind: 'failed'; readonly code: string; readonly details: string };

/** A client of somebody's grpc.health.v1, for health checks of servers that are not ours. */
export interface HealthProbeClient {
  check(service: string, timeoutMs: number): Promise<HealthProbeResult>;
  close(): void;
}

export function openHealthProbe(settings: HealthProbeSettings): HealthProbeClient {
  const client: Client = openClient('grpc.health.v1.Health', {
    address: settings.address,
    credentials: credentialsOf(settings),
  });
  return {
    async check(service, timeoutMs) {
      try {
        const answer = await callUnary<{ service: string }, { status: string }>(
          client,
          'check',
          { service },
          timeoutMs,
        );
        return { kind: 'answered', serving: answer.status === 'SERVING' };
      } catch (thrown) {
        const { code, details } = thrown as ServiceError;
        return { kind: 'failed', code: goCode(code), details };
      }
    },
    close: () => client.close(),
  };
}

function credentialsOf({
  useTls,
  tlsSkipVerify,
  tlsServerName,
}: HealthProbeSettings): ReturnType<typeof credentials.createSsl> {
  if (!useTls) return credentials.createInsecure();
  if (tlsSkipVerify) {
    return credentials.createSsl(null, null, null, { rejectUnauthorized: false, checkServerIdentity: () => undefined });
  }
  if (tlsServerName === '') return credentials.createSsl();
  return credentials.createSsl(null, null, null, {
    checkServerIdentity: (_host, certificate) => checkServerIdentity(tlsServerName, certificate),
  });
}

/** `DEADLINE_EXCEEDED` → `DeadlineExceeded`. */
function goCode(code: number): string {
  const name = status[code] ?? 'UNKNOWN';
  return name.toLowerCase().replace(/(^|_)([a-z])/g, (_all, _bar, letter: string) => letter.toUpperCase());
}
