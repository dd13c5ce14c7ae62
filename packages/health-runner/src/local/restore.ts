import { messageOf, type Logger } from '@tribune/platform';
import type { AgentOutcome, CheckDefinition, ServiceDefinition } from '@tribune/protocol';
import type { AgentStore, StoredCheck } from '../persistence/agent-store';
import type { CheckDesk } from './check-desk';
import type { LocalState } from './local-state';
import type { Registrar } from './registrar';

export interface RestoreCollaborators {
  readonly local: LocalState;
  readonly registrar: Registrar;
  readonly desk: CheckDesk;
  readonly store: AgentStore;
  readonly logger: Logger;
}

/** Registers what configuration files define. A definition that is refused is reported and skipped. */
export async function loadDefinitions(
  { registrar, logger }: RestoreCollaborators,
  services: readonly ServiceDefinition[],
  checks: readonly CheckDefinition[],
): Promise<readonly string[]> {
  const problems: string[] = [];
  const note = (id: string, outcome: AgentOutcome): void => {
    if (outcome.ok) return;
    problems.push(outcome.reason);
    logger.error('definition refused', { id, reason: outcome.reason });
  };
  for (const definition of services) {
    note(
      definition.service.id,
      await registrar.registerService(definition, { fromFile: true, replaceExistingChecks: false }),
    );
  }
  for (const check of checks) note(check.checkId || check.name, await registrar.registerCheck(check, true));
  return problems;
}

/** Brings back what was registered by API before the restart; entries that a file defines too are dropped. */
export async function restoreStored(collaborators: RestoreCollaborators): Promise<void> {
  const { local, store } = collaborators;
  for (const [id, { service, token, sidecarOf }] of await store.services.load()) {
    if (local.service(id)?.fromFile) await store.services.remove(id);
    else local.putService({ id, service, token, fromFile: false, sidecarOf });
  }
  for (const [id, stored] of await store.checks.load()) {
    const isOrphan = stored.serviceId !== '' && !local.service(stored.serviceId);
    if (isOrphan || local.check(id)?.fromFile) await store.checks.remove(id);
    else await restoreCheck(collaborators, id, stored);
  }
}

async function restoreCheck(collaborators: RestoreCollaborators, id: string, stored: StoredCheck): Promise<void> {
  const { local, desk, registrar, logger } = collaborators;
  try {
    if (stored.definition) {
      const outcome = await registrar.registerCheck(stored.definition, false);
      if (!outcome.ok) logger.error('stored check refused', { id, reason: outcome.reason });
      return;
    }
    const service = local.service(stored.serviceId)?.service;
    const { name, notes, serviceId, type } = stored;
    desk.addFixed({
      id,
      name,
      notes,
      serviceId,
      type,
      serviceName: service?.service ?? '',
      serviceTags: service?.tags ?? null,
    });
  } catch (thrown) {
    // The content of a file is not trusted to have the right shape.
    logger.error('stored check skipped', { id, error: messageOf(thrown) });
  }
}
