import { decodeConfiguration, encodeConfiguration } from './configuration-codec';
import { changeConfiguration, ConfigurationHistory, leaveJoint, membersOf, type MembershipChange } from './membership';
import type { Configuration } from './message';

const servers = (ids: string): Configuration['voters'] => [...ids].map((id) => ({ id, address: id }));
const group = (voters: string, learners = '', outgoing = ''): Configuration => ({
  voters: servers(voters),
  outgoing: servers(outgoing),
  learners: servers(learners),
});
const server = (id: string, address = id): { id: string; address: string } => ({ id, address });

test.each<[string, Configuration, MembershipChange[], Configuration | string]>([
  ['a learner needs no joint phase', group('ab'), [{ kind: 'addLearner', server: server('c') }], group('ab', 'c')],
  ['a promoted learner is a voter', group('ab', 'c'), [{ kind: 'promote', id: 'c' }], group('abc', '', 'ab')],
  ['a demoted voter is a learner', group('abc'), [{ kind: 'demote', id: 'a' }], group('bc', 'a', 'abc')],
  [
    'a replacement is one step',
    group('abc', 'd'),
    [
      { kind: 'promote', id: 'd' },
      { kind: 'remove', id: 'a' },
    ],
    group('bcd', '', 'abc'),
  ],
  ['a new voter may come at once', group('a'), [{ kind: 'addVoter', server: server('b') }], group('ab', '', 'a')],
  ['removing a learner needs no joint phase', group('ab', 'c'), [{ kind: 'remove', id: 'c' }], group('ab')],
  ['somebody must vote', group('a'), [{ kind: 'remove', id: 'a' }], 'the change would leave no voter'],
  ['strangers cannot be removed', group('a'), [{ kind: 'remove', id: 'z' }], 'z is not a member'],
  ['strangers cannot be promoted', group('a'), [{ kind: 'promote', id: 'z' }], 'z is not a member'],
])('%s', (_what, current, changes, expected) => {
  const result = changeConfiguration(current, changes);
  if (typeof expected === 'string') expect(result).toEqual({ kind: 'refused', reason: expected });
  else expect(result).toEqual({ kind: 'changed', configuration: expected });
});

it('a new address keeps suffrage and needs no joint phase', () => {
  const result = changeConfiguration(group('ab'), [{ kind: 'addLearner', server: server('a', 'elsewhere') }]);
  expect(result).toMatchObject({ configuration: { voters: [server('a', 'elsewhere'), server('b')], outgoing: [] } });
});

it('the order of changes does not show in the result', () => {
  const one = changeConfiguration(group('b'), [
    { kind: 'addLearner', server: server('c') },
    { kind: 'addLearner', server: server('a') },
  ]);
  const other = changeConfiguration(group('b'), [
    { kind: 'addLearner', server: server('a') },
    { kind: 'addLearner', server: server('c') },
  ]);
  expect(one).toEqual(other);
});

it('leaving a joint configuration drops the outgoing half', () => {
  expect(leaveJoint(group('bcd', 'x', 'abc'))).toEqual(group('bcd', 'x'));
  expect(membersOf(group('bcd', 'x', 'abc')).map(({ id }) => id)).toEqual(['b', 'c', 'd', 'a', 'x']);
});

describe('the history of configurations', () => {
  const history = (): ConfigurationHistory => {
    const built = new ConfigurationHistory({ index: 0, configuration: group('') }, []);
    for (const [index, voters] of [
      [1, 'a'],
      [5, 'ab'],
      [9, 'abc'],
    ] as const)
      built.append(index, group(voters));
    return built;
  };
  const votersOf = ({ voters }: Configuration): string => voters.map(({ id }) => id).join('');

  it.each([
    [0, ''],
    [1, 'a'],
    [4, 'a'],
    [5, 'ab'],
    [100, 'abc'],
  ])('at %d it was %p', (index, voters) => expect(votersOf(history().at(index))).toBe(voters));

  it('falls back when an entry is truncated', () => {
    const of = history();
    expect(of.truncate(10)).toBe(false);
    expect(of.truncate(5)).toBe(true);
    expect(of.latest).toMatchObject({ index: 1 });
  });

  it('knows what may still be in force', () => {
    expect(history().possible(5).map(votersOf)).toEqual(['ab', 'abc']);
    expect(history().possible(9).map(votersOf)).toEqual(['abc']);
    expect(history().possible(0).map(votersOf)).toEqual(['', 'a', 'ab', 'abc']);
  });

  it('keeps what later snapshots need when it is compacted', () => {
    const of = history();
    of.compact(6);
    expect(votersOf(of.at(6))).toBe('ab');
    expect(of.latest.index).toBe(9);
  });
});

describe('a configuration entry', () => {
  it('reads back as it was written', () => {
    const configuration = group('ab', 'c', 'de');
    expect(decodeConfiguration(encodeConfiguration(configuration))).toEqual(configuration);
  });

  it.each([
    ['another version', Uint8Array.of(9, 123, 125)],
    ['no JSON', Uint8Array.of(1, 123)],
    ['no servers', Buffer.from('\u0001{"voters":[1],"outgoing":[],"learners":[]}')],
    ['no list', Buffer.from('\u0001{}')],
  ])('with %s is refused', (_what, bytes) => {
    expect(() => decodeConfiguration(bytes)).toThrow(
      expect.objectContaining({ code: 'RAFT_CONFIGURATION_UNREADABLE' }),
    );
  });
});
