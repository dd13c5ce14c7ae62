import { harness, type Harness } from '../testing/harness';

const ID = '11111111-1111-1111-1111-111111111111';

function scene(): Harness {
  const h = harness();
  h.register('n1', { service: { id: 'web1' }, checks: [{ checkId: 'alive' }, { checkId: 'web', serviceId: 'web1' }] });
  h.register('n1', { checks: [{ checkId: 'bad', status: 'critical' }] });
  return h;
}

describe('creating a session', () => {
  test('answers with its id and stores it as given', () => {
    const h = scene();
    expect(h.createSession(ID, { nodeChecks: ['alive'], ttl: '10s', lockDelayNs: 120e9 })).toEqual({
      kind: 'session',
      id: ID,
    });
    expect(h.tables.sessions.get(ID)).toMatchObject({ ttl: '10s', lockDelayNs: 120e9, createIndex: 4, modifyIndex: 4 });
    expect(h.tables.indexes.get('sessions')).toBe(4);
  });

  test.each([
    ['an unknown node', { node: 'nobody' }, 'Missing node registration'],
    ['an unknown node check', { nodeChecks: ['none'] }, "Missing check 'none' registration"],
    [
      'an unknown service check',
      { serviceChecks: [{ id: 'none', namespace: '' }] },
      "Missing check 'none' registration",
    ],
    ['a critical check', { nodeChecks: ['alive', 'bad'] }, "Check 'bad' is in critical state"],
    ['an unknown behavior', { behavior: 'explode' as never }, 'Invalid session behavior: explode'],
    ['no id', { id: '' }, 'Missing session ID'],
  ])('with %s is an error and changes nothing', (_what, fields, message) => {
    const h = scene();
    expect(h.createSession(ID, fields)).toEqual({ kind: 'error', message });
    expect(h.last.deltas).toEqual([]);
    expect(h.tables.sessions.size).toBe(0);
  });
});

describe('a session ends', () => {
  test.each<[string, (h: Harness) => void]>([
    [
      'when its node check turns critical',
      (h) => h.register('n1', { checks: [{ checkId: 'alive', status: 'critical' }] }),
    ],
    [
      'when its service check turns critical',
      (h) => h.register('n1', { checks: [{ checkId: 'web', serviceId: 'web1', status: 'critical' }] }),
    ],
    ['when its check is removed', (h) => h.deregister('n1', { checkId: 'alive' })],
    ['when the service of its check is removed', (h) => h.deregister('n1', { serviceId: 'web1' })],
    ['when its node is removed', (h) => h.deregister('N1')],
    ['when it is destroyed', (h) => h.apply({ type: 'session-destroy', id: ID })],
    ['when a transaction deletes it', (h) => h.txn({ kind: 'session', verb: 'delete', id: ID })],
  ])('%s', (_what, act) => {
    const h = scene();
    h.createSession(ID, { nodeChecks: ['alive'], serviceChecks: [{ id: 'web', namespace: '' }] });
    h.lock('k', ID);
    act(h);
    expect(h.tables.sessions.get(ID)).toBeUndefined();
    expect(h.entry('k')).toMatchObject({ session: '' });
    expect(h.tables.indexes.get('sessions')).toBe(h.revision);
  });

  test('but not when a check it does not depend on turns critical', () => {
    const h = scene();
    h.createSession(ID, { nodeChecks: ['alive'] });
    h.register('n1', { checks: [{ checkId: 'web', serviceId: 'web1', status: 'critical' }] });
    expect(h.tables.sessions.get(ID)).toBeDefined();
  });

  test('with its node, even without any check', () => {
    const h = scene();
    h.createSession(ID);
    h.deregister('n1');
    expect(h.tables.sessions.size).toBe(0);
  });

  test('destroying an unknown one succeeds', () => {
    const h = scene();
    expect(h.apply({ type: 'session-destroy', id: ID })).toEqual({ kind: 'done', ok: true });
    expect(h.last.deltas).toEqual([]);
  });
});
