import type { PeerStatus } from '../node/outcomes';
import type { GossipServer } from '../server/lan-members';
import { DutyWorld } from '../testing/duty-world';
import { serverMember } from '../testing/fake-membership';
import { autopilotDefaults, type AutopilotSettings } from './autopilot-settings';
import { CleanUpDeadServers, deadServers } from './clean-up-dead-servers';

const NAMES = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
const peers = (count: number): PeerStatus[] =>
  NAMES.slice(0, count).map((name) => ({ id: `${name}-id`, address: '', suffrage: 'voter' }));
const gossip = (count: number, failed: string): GossipServer[] =>
  NAMES.slice(0, count).map(
    (name) => ({ id: `${name}-id`, name, status: failed.includes(name) ? 'failed' : 'alive' }) as GossipServer,
  );

/** The names of those who would be removed. */
const dead = (count: number, failed: string, given: Partial<AutopilotSettings> = {}): string =>
  deadServers({ id: 'a-id', peers: peers(count) }, gossip(count, failed), { ...autopilotDefaults, ...given })
    .map(({ name }) => name)
    .join('');

test.each([
  [3, 'b', ''],
  [4, 'b', 'b'],
  [5, 'b', 'b'],
  [5, 'bc', ''],
  [7, 'bc', 'bc'],
  [7, 'bcd', ''],
  [5, '', ''],
])('of %i servers, when %j fail, %j are removed: fewer than half', (count, failed, expected) => {
  expect(dead(count, failed)).toBe(expected);
});

test('not below the quorum that operators want, and not when they do not want it at all', () => {
  expect(dead(5, 'b', { minQuorum: 4 })).toBe('b');
  expect(dead(5, 'b', { minQuorum: 5 })).toBe('');
  expect(dead(5, 'b', { cleanupDeadServers: false })).toBe('');
});

test('one that came back under another name is not dead', () => {
  const again = { id: 'b-id', name: 'b2', status: 'alive' } as GossipServer;
  const servers = [...gossip(5, 'b'), again];
  expect(deadServers({ id: 'a-id', peers: peers(5) }, servers, autopilotDefaults)).toEqual([]);
});

test('gossip is told within ten seconds, while this server leads', async () => {
  const world = new DutyWorld();
  const left: string[] = [];
  const forceLeave = async (name: string): Promise<void> => void left.push(name);
  const status = { id: 'a-id', peers: peers(5) };
  const duty = new CleanUpDeadServers({ status: () => status as never }, world.members, () => autopilotDefaults, {
    ...world.collaborators,
    forceLeave,
  });
  await world.join(...NAMES.slice(0, 5).map((name, i) => serverMember({ name, id: `${name}-id`, rpcPort: i + 1 })));
  duty.begin();
  world.pool.setStatus('d', 'failed');
  await world.settle(9_000);
  expect(left).toEqual([]);
  await world.settle(1_500);
  expect(left).toEqual(['d']);
  duty.end();
  await world.settle(60_000);
  expect(left).toEqual(['d']);
  await world.members.stop();
});
