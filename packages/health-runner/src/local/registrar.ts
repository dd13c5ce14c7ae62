import type { AgentOutcome, CheckDefinition, ServiceDefinition } from '@tribune/protocol';
import type { PortRange } from '../options';
import type { AgentStore } from '../persistence/agent-store';
import type { CheckDesk } from './check-desk';
import type { LocalServiceRecord } from './local-records';
import type { LocalState } from './local-state';
import { DONE, failed } from './outcomes';
import { refusalOf, type ScriptPolicy } from './script-policy';
import { namedChecks } from './service-checks';
import { withTaggedAddresses } from './service-defaults';
import { expandSidecar } from './sidecar';

export interface RegistrarOptions extends ScriptPolicy {
  readonly sidecarPorts: PortRange;
}

export interface RegistrarCollaborators {
  readonly local: LocalState;
  readonly desk: CheckDesk;
  readonly store: AgentStore;
}

export interface ServiceOrigin {
  readonly fromFile: boolean;
  readonly replaceExistingChecks: boolean;
}

/** Registration of services with their checks and sidecars, and of checks: what is refused, what is filled in, what is stored. */
export class Registrar {
  private defined = { services: new Set<string>(), checks: new Set<string>() };

  constructor(
    private readonly options: RegistrarOptions,
    private readonly collaborators: RegistrarCollaborators,
  ) {}

  /** Ids that files have defined since this was last asked. */
  takeDefined(): { readonly services: ReadonlySet<string>; readonly checks: ReadonlySet<string> } {
    const taken = this.defined;
    this.defined = { services: new Set(), checks: new Set() };
    return taken;
  }

  async registerService(definition: ServiceDefinition, origin: ServiceOrigin): Promise<AgentOutcome> {
    const { local } = this.collaborators;
    if (definition.service.id === '') return failed('ServiceID missing');
    const sidecar = definition.sidecar
      ? expandSidecar(definition, local.services(), this.options.sidecarPorts)
      : undefined;
    if (sidecar && 'problem' in sidecar) return failed(sidecar.problem);
    const wanted = [...definition.checks, ...(sidecar?.definition.checks ?? [])];
    const refusal = wanted.map((check) => refusalOf(check, origin.fromFile, this.options)).find(Boolean);
    if (refusal) return refusal;
    await this.addService(definition, '', origin);
    if (sidecar) await this.addService(sidecar.definition, definition.service.id, origin);
    return DONE;
  }

  async registerCheck(given: CheckDefinition, fromFile: boolean): Promise<AgentOutcome> {
    const { local, desk } = this.collaborators;
    const definition = { ...given, checkId: given.checkId || given.name };
    if (definition.checkId === '') return failed('CheckID missing');
    const refusal = refusalOf(definition, fromFile, this.options);
    if (refusal) return refusal;
    const { serviceId } = definition;
    if (serviceId !== '' && !local.service(serviceId)) return failed(`ServiceID "${serviceId}" does not exist`);
    desk.add(definition, { fromFile, keepState: fromFile });
    await this.storeCheck(definition, fromFile);
    return DONE;
  }

  /** Removes the service, its checks and its sidecar; one that does not exist is no error (Consul 1.8). */
  async deregisterService(id: string): Promise<AgentOutcome> {
    if (id === '') return failed('ServiceID missing');
    const { local } = this.collaborators;
    await this.removeService(id);
    for (const { id: sidecar } of local.services().filter(({ sidecarOf }) => sidecarOf === id))
      await this.removeService(sidecar);
    return DONE;
  }

  async deregisterCheck(id: string): Promise<AgentOutcome> {
    if (id === '') return failed('CheckID missing');
    await this.collaborators.desk.remove(id);
    return DONE;
  }

  private async addService(definition: ServiceDefinition, sidecarOf: string, origin: ServiceOrigin): Promise<void> {
    const { local, desk, store } = this.collaborators;
    const { fromFile } = origin;
    const { token } = definition;
    const service = withTaggedAddresses(definition.service);
    const record: LocalServiceRecord = { id: service.id, service, token, fromFile, sidecarOf };
    const checks = namedChecks({ ...definition, service });
    const before = local.checksOf(service.id);
    local.putService(record);
    if (fromFile) this.defined.services.add(service.id);
    for (const check of checks) desk.add(check, { fromFile, keepState: true });
    if (origin.replaceExistingChecks) {
      const kept = new Set(checks.map(({ checkId }) => checkId));
      const gone = before.filter(({ id, type }) => !kept.has(id) && type !== 'maintenance');
      await Promise.all(gone.map(({ id }) => desk.remove(id)));
    }
    // Definitions from files are not stored a second time; a stored one of the same id gives way to the file.
    await (fromFile
      ? store.services.remove(service.id)
      : store.services.put(service.id, { service, token, sidecarOf }));
    await Promise.all(checks.map((check) => this.storeCheck(check, fromFile)));
  }

  private async storeCheck(definition: CheckDefinition, fromFile: boolean): Promise<void> {
    const { checks } = this.collaborators.store;
    if (fromFile) this.defined.checks.add(definition.checkId);
    const { checkId, name, notes, serviceId } = definition;
    await (fromFile ? checks.remove(checkId) : checks.put(checkId, { definition, name, notes, serviceId, type: '' }));
  }

  private async removeService(id: string): Promise<void> {
    const { local, desk, store } = this.collaborators;
    const checks = local.checksOf(id);
    local.removeService(id);
    await Promise.all([store.services.remove(id), ...checks.map((check) => desk.remove(check.id))]);
  }
}
