import type { CheckServiceNode, HealthCheck, InstanceKey } from '@tribune/protocol';
import { serviceHealth, type View } from '@tribune/state-store';
import type { OpenSource } from './subject';

/**
 * The instances of one service. They are joins of three tables, so a change is found by evaluating the service again
 * when one of its rows changed (once for all changes of a turn) and comparing; rows are immutable, so comparing is by
 * identity.
 */
export function serviceSource(
  view: View,
  service: string,
  connect: boolean,
): OpenSource<CheckServiceNode, InstanceKey> {
  return (publish) => {
    let current = new Map<string, CheckServiceNode>();
    let isDue = false;
    let cancel: () => void = () => undefined;
    let scheduled: NodeJS.Immediate | undefined;

    const evaluate = (): Map<string, CheckServiceNode> => {
      const { value, watch } = serviceHealth(view.tables, service, { connect });
      cancel = view.park(watch, () => {
        isDue = true;
        // The caller is the state machine, in the middle of a batch.
        scheduled = setImmediate(settle);
      });
      return new Map(value.map((instance) => [keyText(instance), instance]));
    };
    const settle = (): void => {
      if (!isDue) return;
      isDue = false;
      if (scheduled) clearImmediate(scheduled);
      const before = current;
      current = evaluate();
      const upserts = [...current]
        .filter(([key, instance]) => !isSame(before.get(key), instance))
        .map(([, instance]) => instance);
      const removals = [...before].filter(([key]) => !current.has(key)).map(([, instance]) => keyOf(instance));
      if (upserts.length + removals.length > 0) publish({ revision: view.revision, upserts, removals });
    };
    current = evaluate();
    return {
      snapshot: () => [...current.values()],
      settle,
      close: () => {
        cancel();
        if (scheduled) clearImmediate(scheduled);
      },
    };
  };
}

const keyOf = ({ node, service }: CheckServiceNode): InstanceKey => ({ node: node.node, serviceId: service.id });
const keyText = ({ node, service }: CheckServiceNode): string => `${node.node}\0${service.id}`;

function isSame(before: CheckServiceNode | undefined, now: CheckServiceNode): boolean {
  return (
    before !== undefined &&
    before.node === now.node &&
    before.service === now.service &&
    sameChecks(before.checks, now.checks)
  );
}

const sameChecks = (before: readonly HealthCheck[], now: readonly HealthCheck[]): boolean =>
  before.length === now.length && before.every((check, i) => check === now[i]);
