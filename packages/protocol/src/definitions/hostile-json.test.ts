import { seededRandom, type Random } from '@tribune/platform';
import type { JsonValue } from '../model/catalog';
import { checkDefinitionFromJson } from './check-definition-json';
import { serviceDefinitionFromJson } from './service-definition-json';

const KEYS = [
  'name',
  'id',
  'ID',
  'tags',
  'port',
  'meta',
  'check',
  'checks',
  'weights',
  'connect',
  'sidecar_service',
  'proxy',
  'upstreams',
  'expose',
  'paths',
  'tagged_addresses',
  'ttl',
  'interval',
  'http',
  'args',
  'header',
  'status',
  'kind',
  '__proto__',
  'constructor',
  'toString',
  '',
  '_',
  'passing',
  'config',
];
const LEAVES: readonly JsonValue[] = [
  null,
  true,
  false,
  0,
  -1,
  1.5,
  1e308,
  2n ** 64n,
  '',
  'x',
  '10s',
  '5x',
  'passing',
  'connect-proxy',
  '::',
  '\u0000',
  '\ud800',
];

function anyJson(random: Random, depth: number): JsonValue {
  const kind = depth === 0 ? 0 : random.integer(4);
  if (kind === 0) return LEAVES[random.integer(LEAVES.length)]!;
  const size = random.integer(4);
  if (kind === 1) return Array.from({ length: size }, () => anyJson(random, depth - 1));
  const entries = Array.from(
    { length: size + 1 },
    () => [KEYS[random.integer(KEYS.length)]!, anyJson(random, depth - 1)] as const,
  );
  return Object.fromEntries(entries);
}

test('whatever JSON arrives, the readers answer: a definition, and a text for all that is wrong', () => {
  const random = seededRandom(20_261_120);
  const odd: unknown[] = [];
  for (let i = 0; i < 5_000; i++) {
    const value = anyJson(random, 5);
    const source = i % 2 === 0 ? 'http' : 'file';
    const problems = [serviceDefinitionFromJson(value, source), checkDefinitionFromJson(value, source)].flatMap(
      (decoded) => decoded.problems,
    );
    if (problems.some(({ text }) => text === '')) odd.push(value);
  }
  expect(odd).toEqual([]);
});
