import { RecordingLogger } from '@tribune/testkit';
import type { Command } from '@tribune/state-store';
import { logSynced } from './log-synced';

const told = (command: unknown): unknown[] => {
  const logger = new RecordingLogger();
  logSynced(command as Command, logger);
  return logger.records.map(({ message, fields }) => [message, fields]);
};

test('a registration names its service and its checks', () => {
  const command = { type: 'register', service: { id: 'web' }, checks: [{ checkId: 'a' }, { checkId: 'b' }] };
  expect(told(command)).toEqual([
    ['Synced service', { service: 'web' }],
    ['Synced check', { check: 'a' }],
    ['Synced check', { check: 'b' }],
  ]);
});

test.each([
  [{ serviceId: 'web' }, 'Deregistered service', { service: 'web' }],
  [{ checkId: 'a' }, 'Deregistered check', { check: 'a' }],
])('a removal of %j', (row, message, fields) => {
  expect(told({ type: 'deregister', node: 'n', ...row })).toEqual([[message, fields]]);
});
