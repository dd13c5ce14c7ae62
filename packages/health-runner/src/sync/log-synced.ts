import type { Logger } from '@tribune/platform';
import type { Command } from '@tribune/state-store';

/** What the catalog was told, in the words that operators of Consul look for in the log. */
export function logSynced(command: Command, logger: Logger): void {
  if (command.type === 'register') {
    if (command.service) logger.info('Synced service', { service: command.service.id });
    for (const { checkId } of command.checks) logger.info('Synced check', { check: checkId });
  } else if (command.type === 'deregister') {
    if (command.serviceId) logger.info('Deregistered service', { service: command.serviceId });
    else if (command.checkId) logger.info('Deregistered check', { check: command.checkId });
  }
}
