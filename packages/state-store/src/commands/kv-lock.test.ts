import { harness, type Harness } from '../testing/harness';

const S1 = '11111111-1111-1111-1111-111111111111';
const S2 = '22222222-2222-2222-2222-22222222abcd';
const done = (ok: boolean) => ({ kind: 'done', ok });

function scene(lockDelayNs = 0, behavior: 'release' | 'delete' = 'release'): Harness {
  const h = harness();
  h.register('n1');
  h.createSession(S1, { lockDelayNs, behavior });
  h.createSession(S2);
  return h;
}

describe('locking', () => {
  test('takes a free key for a session and counts', () => {
    const h = scene();
    expect(h.lock('k', S1)).toEqual(done(true));
    expect(h.entry('k')).toMatchObject({ session: S1, lockIndex: 1 });
  });

  test('is refused while another session holds the key', () => {
    const h = scene();
    h.lock('k', S1);
    expect(h.lock('k', S2)).toEqual(done(false));
    expect(h.entry('k')).toMatchObject({ session: S1, lockIndex: 1 });
  });

  test('by the holder writes the value and does not count', () => {
    const h = scene();
    h.lock('k', S1, 'one');
    expect(h.lock('k', S1, 'two')).toEqual(done(true));
    expect(h.entry('k')).toMatchObject({ value: Buffer.from('two'), lockIndex: 1, modifyIndex: 6 });
  });

  test('counts on each new acquisition, so that it fences earlier holders', () => {
    const h = scene();
    h.lock('k', S1);
    h.unlock('k', S1);
    h.lock('k', S2);
    expect(h.entry('k')).toMatchObject({ session: S2, lockIndex: 2 });
  });

  test('keeps the lock through a plain write, which starts the count anew (as Consul does)', () => {
    const h = scene();
    h.lock('k', S1);
    h.set('k', 'plain');
    expect(h.entry('k')).toMatchObject({ session: S1, lockIndex: 0 });
  });

  test('knows a session in any letter case', () => {
    const h = scene();
    expect(h.lock('k', S2.toUpperCase())).toEqual(done(true));
    expect(h.entry('k')).toMatchObject({ session: S2 });
    expect(h.unlock('k', S2.toUpperCase())).toEqual(done(true));
  });

  test.each([
    ['', 'missing session'],
    ['zz', 'failed session lookup: index error: UUID must be 36 characters'],
    [
      'zzzzzzzz-zzzz-zzzz-zzzz-zzzzzzzzzzzz',
      "failed session lookup: index error: Invalid UUID: encoding/hex: invalid byte: U+007A 'z'",
    ],
    ['33333333-3333-3333-3333-333333333333', 'invalid session "33333333-3333-3333-3333-333333333333"'],
  ])('with session %j is an error', (session, message) => {
    const h = scene();
    expect(h.lock('k', session)).toEqual({ kind: 'error', message });
    expect(h.entry('k')).toBeUndefined();
  });
});

describe('unlocking', () => {
  test('frees the key, stores the value and keeps the count', () => {
    const h = scene();
    h.lock('k', S1);
    expect(h.unlock('k', S1, 'bye')).toEqual(done(true));
    expect(h.entry('k')).toMatchObject({ session: '', lockIndex: 1, value: Buffer.from('bye') });
  });

  test.each([
    ['by another session', (h: Harness) => h.unlock('k', S2), done(false)],
    ['of a missing key', (h: Harness) => h.unlock('none', S1), done(false)],
    ['without a session', (h: Harness) => h.unlock('k', ''), { kind: 'error', message: 'missing session' }],
  ])('%s is refused', (_what, act, outcome) => {
    const h = scene();
    h.lock('k', S1);
    expect(act(h)).toEqual(outcome);
    expect(h.entry('k')).toMatchObject({ session: S1 });
  });
});

describe('when a session ends', () => {
  test('its keys are released, with their values', () => {
    const h = scene();
    h.lock('k', S1, 'v');
    h.apply({ type: 'session-destroy', id: S1 });
    expect(h.entry('k')).toMatchObject({ session: '', lockIndex: 1, value: Buffer.from('v'), modifyIndex: 6 });
  });

  test('its keys are deleted when it says so, others stay', () => {
    const h = scene(0, 'delete');
    h.lock('k', S1);
    h.set('other', '1');
    h.apply({ type: 'session-destroy', id: S1 });
    expect(h.entry('k')).toBeUndefined();
    expect(h.entry('other')).toBeDefined();
  });

  test('a lock delay keeps everybody out until it expires', () => {
    const h = scene(15e9);
    h.lock('k', S1);
    h.apply({ type: 'session-destroy', id: S1 });
    expect(h.lock('k', S2)).toEqual(done(false));
    const [delay] = [...h.tables.lockDelays.rows()];
    expect(delay).toEqual({ key: 'k', delayNs: 15e9, createIndex: 6 });
    h.apply({ type: 'lock-delay-expire', keys: [delay!] });
    expect(h.lock('k', S2)).toEqual(done(true));
  });

  test('a delay is at most a minute', () => {
    const h = scene(120e9);
    h.lock('k', S1);
    h.apply({ type: 'session-destroy', id: S1 });
    expect(h.tables.lockDelays.get('k')).toMatchObject({ delayNs: 60e9 });
  });

  test('an expiry that was timed for an older delay leaves the newer one', () => {
    const h = scene(15e9);
    h.lock('k', S1);
    h.apply({ type: 'session-destroy', id: S1 });
    h.apply({ type: 'lock-delay-expire', keys: [{ key: 'k', createIndex: 3 }] });
    expect(h.tables.lockDelays.get('k')).toBeDefined();
  });

  test('a plain release leaves no delay', () => {
    const h = scene(15e9);
    h.lock('k', S1);
    h.unlock('k', S1);
    expect(h.lock('k', S2)).toEqual(done(true));
  });
});
