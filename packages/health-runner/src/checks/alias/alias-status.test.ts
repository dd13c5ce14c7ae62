import { aliasStatus } from './alias-status';

const check = (name: string, status: string, serviceId = 'web') => ({ name, status, output: `${name}!`, serviceId });
const web = { node: '', serviceId: 'web' };

test('the worst check decides and is named', () => {
  const checks = [check('a', 'passing'), check('b', 'warning'), check('c', 'critical')];
  expect(aliasStatus(web, checks, true)).toEqual({ status: 'critical', output: 'Aliased check "c" failing: c!' });
  expect(aliasStatus(web, checks.slice(0, 2), true)).toEqual({
    status: 'warning',
    output: 'Aliased check "b" failing: b!',
  });
});

test('checks of the node count, those of other services do not', () => {
  expect(aliasStatus(web, [check('other', 'critical', 'db'), check('ok', 'passing')], true).status).toBe('passing');
  expect(aliasStatus(web, [check('disk', 'critical', '')], true).status).toBe('critical');
});

test('no checks at all is passing, as long as the service exists', () => {
  expect(aliasStatus(web, [], true)).toEqual({ status: 'passing', output: 'No checks found.' });
  expect(aliasStatus(web, [check('disk', 'passing', '')], true).output).toBe('All checks passing.');
});

test('a service that does not exist is critical', () => {
  expect(aliasStatus({ node: '', serviceId: 'zzz' }, [], false)).toEqual({
    status: 'critical',
    output: 'Service zzz could not be found on node ',
  });
});
