import { encodeTags } from '../serf/tags-codec';
import { refusal, type AdmissionRule } from './admission';

const rule: AdmissionRule = { pool: 'lan', name: 'us', datacenter: 'dc1', id: 'id-1' };
const alive = (node: string, tags: Record<string, string>) =>
  ({ kind: 'alive', node, incarnation: 1, host: '10.0.0.2', port: 1, versions: [], meta: encodeTags(tags) }) as const;

describe('admission', () => {
  it.each([
    ['an agent of our data centre', 'lan', { role: 'node', dc: 'dc1', id: 'id-2' }, undefined],
    ['a plain serf agent', 'lan', { role: 'web' }, undefined],
    [
      'an agent of another data centre',
      'lan',
      { role: 'node', dc: 'dc2' },
      "Member 'them' part of wrong datacenter 'dc2'",
    ],
    [
      'an agent with our id',
      'lan',
      { role: 'node', dc: 'dc1', id: 'id-1' },
      "Member 'them' has conflicting node ID 'id-1' with this agent's ID",
    ],
    ['a server of another data centre', 'wan', { role: 'consul', dc: 'dc2' }, undefined],
    ['a client', 'wan', { role: 'node', dc: 'dc2' }, "Member 'them' is not a server"],
  ] as const)('of %s to the %s pool', (_, pool, tags, expected) => {
    expect(refusal({ ...rule, pool }, alive('them', tags))).toBe(expected);
  });

  it('of ourselves is never in question', () =>
    expect(refusal(rule, alive('us', { dc: 'dc1', id: 'id-1' }))).toBeUndefined());
});
