import { status, type ServerUnaryCall, type UntypedServiceImplementation } from '@grpc/grpc-js';
import { messageOf, sleep, type Clock } from '@tribune/platform';
import type { AgentApi, AgentOutcome } from '../api/agent';
import * as wire from './agent-wire';
import { RpcError, unary } from './server';
import { WireError } from './state-wire';

export interface AgentServiceCollaborators {
  readonly api: AgentApi;
  readonly clock: Clock;
}

/** A waiting `Changed` call is answered after this long at the latest, so that lost connections do not pile up. */
const CHANGED_WAIT_MS = 30_000;

/** `agent.v1` over gRPC: unpacks messages, calls the {@link AgentApi}, packs what it says. */
export class AgentService {
  constructor(private readonly collaborators: AgentServiceCollaborators) {}

  implementation(): UntypedServiceImplementation {
    const { api } = this.collaborators;
    return {
      node: checked(() => api.node()),
      services: checked(async () => ({ services: (await api.services()).map(wire.localServiceToWire) })),
      checks: checked(async () => ({ checks: (await api.checks()).map(wire.checkToWire) })),
      changed: unary((request: { version: string }, call) => this.changed(Number(request.version), call)),
      registerService: outcome(
        (request: { definition: wire.WireServiceDefinition | null; replaceExistingChecks: boolean }) =>
          api.registerService(wire.serviceDefinitionFromWire(request.definition), request),
      ),
      deregisterService: outcome(({ id }: { id: string }) => api.deregisterService(id)),
      registerCheck: outcome(({ definition }: { definition: wire.WireCheckDefinition | null }) =>
        api.registerCheck(wire.checkDefinitionFromWire(definition)),
      ),
      deregisterCheck: outcome(({ id }: { id: string }) => api.deregisterCheck(id)),
      updateTtl: outcome((request: { checkId: string; status: string; output: string }) =>
        api.updateTtl(request.checkId, request.status, request.output),
      ),
      nodeMaintenance: outcome(({ enable, reason }: { enable: boolean; reason: string }) =>
        api.nodeMaintenance(enable, reason),
      ),
      serviceMaintenance: outcome((request: { serviceId: string; enable: boolean; reason: string }) =>
        api.serviceMaintenance(request.serviceId, request.enable, request.reason),
      ),
      reload: outcome((request: WireReload) =>
        api.reload(
          request.services.map(wire.serviceDefinitionFromWire),
          request.checks.map(wire.checkDefinitionFromWire),
          request.nodeMeta,
        ),
      ),
      syncNow: outcome(() => api.syncNow()),
    };
  }

  private async changed(version: number, call: ServerUnaryCall<unknown, unknown>): Promise<{ version: number }> {
    const over = new AbortController();
    const end = (): void => over.abort();
    call.on('cancelled', end);
    void sleep(this.collaborators.clock, CHANGED_WAIT_MS, over.signal).then(end);
    const current = await this.collaborators.api.changed(version, over.signal);
    end();
    return { version: current };
  }
}

interface WireReload {
  readonly services: readonly wire.WireServiceDefinition[];
  readonly checks: readonly wire.WireCheckDefinition[];
  readonly nodeMeta: Readonly<Record<string, string>>;
}

function outcome<Request>(handle: (request: Request) => Promise<AgentOutcome>) {
  return checked(async (request: Request) => wire.outcomeToWire(await handle(request)));
}

/** A unary method that answers unreadable requests with INVALID_ARGUMENT. */
function checked<Request, Response>(handle: (request: Request) => Promise<Response>) {
  return unary(async (request: Request) => {
    try {
      return await handle(request);
    } catch (thrown) {
      throw thrown instanceof WireError ? new RpcError(status.INVALID_ARGUMENT, messageOf(thrown)) : thrown;
    }
  });
}
