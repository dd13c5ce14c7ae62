import type { Topic } from '@tribune/protocol';
import { covers } from './topic-cover';

describe('a watch key belongs to', () => {
  const cases: [Topic, string, boolean][] = [
    [{ kind: 'all' }, 'anything', true],
    [{ kind: 'catalog' }, 'service/web', true],
    [{ kind: 'catalog' }, 'kv/web', false],
    [{ kind: 'service', service: 'Web' }, 'service/web', true],
    [{ kind: 'service', service: 'web' }, 'connect/web', true],
    [{ kind: 'service', service: 'web' }, 'service/web2', false],
    [{ kind: 'node', node: 'N' }, 'node/n', true],
    [{ kind: 'kvPrefix', prefix: 'a/' }, 'kv/a/b', true],
    [{ kind: 'kvPrefix', prefix: 'a/' }, 'kv-prefix/a/b/', true],
    [{ kind: 'kvPrefix', prefix: 'a/' }, 'kv-prefix/a', false],
    [{ kind: 'kvPrefix', prefix: '' }, 'kv', true],
    [{ kind: 'kvPrefix', prefix: 'a' }, 'kv', false],
    [{ kind: 'sessions' }, 'session/x', true],
    [{ kind: 'sessions' }, 'kv/session', false],
  ];
  it.each(cases)('%j: %s is %s', (topic, key, expected) => {
    expect(covers(topic, key)).toBe(expected);
  });
});
