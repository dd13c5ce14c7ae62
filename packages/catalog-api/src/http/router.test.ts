import { empty } from './reply';
import { Router } from './router';

const router = new Router();
const handler = () => empty(200);
for (const [method, pattern] of [
  ['GET', '/v1/kv/'],
  ['PUT', '/v1/kv/'],
  ['DELETE', '/v1/kv/'],
  ['GET', '/v1/status/leader'],
  ['GET', '/v1/agent/service/'],
  ['PUT', '/v1/agent/service/register'],
  ['POST', '/v1/query'],
  ['GET', '/v1/query'],
  ['GET', '/v1/query/'],
] as const) {
  router.add(method, pattern, handler);
}

const found = (pattern: string, tail: string) => ({ kind: 'found', endpoint: { pattern }, tail });

test.each([
  ['/v1/kv/a/b', found('/v1/kv/', 'a/b')],
  ['/v1/kv/', found('/v1/kv/', '')],
  ['/v1/kv/dir/', found('/v1/kv/', 'dir/')],
  ['/v1/kv', { kind: 'slash' }],
  ['/v1/status/leader', found('/v1/status/leader', '')],
  ['/v1/status/leader/', { kind: 'none' }],
  ['/v1/agent/service/register', found('/v1/agent/service/register', '')],
  ['/v1/agent/service/web', found('/v1/agent/service/', 'web')],
  ['/v1/query', found('/v1/query', '')],
  ['/v1/query/abc', found('/v1/query/', 'abc')],
  ['/v1/__proto__/x', { kind: 'none' }],
  ['/', { kind: 'none' }],
])('%s', (path, match) => {
  expect(router.find(path)).toMatchObject(match);
});

test('Allow lists the methods in the order of Consul, whatever the order they came in', () => {
  const match = router.find('/v1/query');
  expect(match.kind === 'found' && match.endpoint.allow).toBe('OPTIONS,GET,POST');
});

test('two handlers for one method of a pattern are a bug', () => {
  expect(() => router.add('GET', '/v1/kv/', handler)).toThrow('one handler for GET /v1/kv/');
});
