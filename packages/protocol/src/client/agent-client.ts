import type { AgentApi, AgentOutcome, LocalNode } from '../api/agent';
import * as wire from '../grpc/agent-wire';
import { callUnary, openClient, type ChannelSettings } from '../grpc/channel';

export type AgentClient = AgentApi & { close(): void };

/** A sync may have to wait for a leader. */
const SYNC_TIMEOUT_MS = 60_000;
/** Longer than the service lets a `Changed` call wait. */
const CHANGED_TIMEOUT_MS = 45_000;
const TIMEOUT_MS = 15_000;

/** The `agent.v1` client. The channel reconnects by itself. */
export function connectAgent(settings: ChannelSettings): AgentClient {
  const client = openClient('tribune.agent.v1.Agent', settings);
  const ask = <Response>(method: string, request: object, timeoutMs = TIMEOUT_MS): Promise<Response> =>
    callUnary<object, Response>(client, method, request, timeoutMs);
  const act = async (method: string, request: object, timeoutMs?: number): Promise<AgentOutcome> =>
    wire.outcomeFromWire(await ask<wire.WireOutcome>(method, request, timeoutMs));
  return {
    node: async () => wire.nodeFromWire(await ask<LocalNode>('node', {})),
    services: async () => {
      const { services } = await ask<{ services: wire.WireLocalService[] }>('services', {});
      return services.map(wire.localServiceFromWire);
    },
    checks: async () => (await ask<{ checks: wire.WireCheck[] }>('checks', {})).checks.map(wire.checkFromWire),
    changed: (version, signal) =>
      changed(
        async () => {
          const response = await ask<{ version: string }>('changed', { version }, CHANGED_TIMEOUT_MS);
          return wire.integer(response.version, 'version');
        },
        version,
        signal,
      ),
    registerService: (definition, { replaceExistingChecks }) =>
      act('registerService', { definition: wire.serviceDefinitionToWire(definition), replaceExistingChecks }),
    deregisterService: (id) => act('deregisterService', { id }),
    registerCheck: (definition) => act('registerCheck', { definition: wire.checkDefinitionToWire(definition) }),
    deregisterCheck: (id) => act('deregisterCheck', { id }),
    updateTtl: (checkId, status, output) => act('updateTtl', { checkId, status, output }),
    nodeMaintenance: (enable, reason) => act('nodeMaintenance', { enable, reason }),
    serviceMaintenance: (serviceId, enable, reason) => act('serviceMaintenance', { serviceId, enable, reason }),
    reload: (services, checks, nodeMeta) =>
      act('reload', {
        services: services.map(wire.serviceDefinitionToWire),
        checks: checks.map(wire.checkDefinitionToWire),
        nodeMeta,
      }),
    syncNow: () => act('syncNow', {}, SYNC_TIMEOUT_MS),
    close: () => client.close(),
  };
}

/** Asks again and again until the version has moved; resolves at once when `signal` aborts. */
async function changed(ask: () => Promise<number>, version: number, signal: AbortSignal): Promise<number> {
  const aborted = new Promise<number>((resolve) => {
    if (signal.aborted) resolve(version);
    else signal.addEventListener('abort', () => resolve(version), { once: true });
  });
  for (;;) {
    const answer = ask();
    // Abandoned when the signal aborts first: its failure then concerns nobody.
    answer.catch(() => undefined);
    const current = await Promise.race([answer, aborted]);
    if (current > version || signal.aborted) return current;
  }
}
