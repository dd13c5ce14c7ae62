import type { MembershipChange } from '../core/membership';
import type { MembershipOutcome, NodeStatus, PeerStatus } from '../node/outcomes';
import { DutyWorld } from '../testing/duty-world';
import { serverMember } from '../testing/fake-membership';
import { autopilotDefaults, type AutopilotSettings } from './autopilot-settings';
import { MaintainPeers, nextChange } from './maintain-peers';
import { ServerHealthRecord } from './server-health';

const voter = (id: string, port: number): PeerStatus => ({
  id,
  address: `127.0.0.1:${port}`,
  suffrage: 'voter',
  matchIndex: 1000,
  lastContactMs: 10,
});
const server = (name: string, rpcPort: number) => serverMember({ name, id: `${name}-id`, rpcPort });

/** A group of which one `a-id` leads; changes take effect at once. */
class Group {
  readonly changes: MembershipChange[] = [];
  peers: PeerStatus[] = [voter('a-id', 1)];
  refusing = false;
  /** What a new learner holds. */
  matchIndex = 0;

  status(): NodeStatus {
    return { id: 'a-id', role: 'leader', lastIndex: 1000, peers: this.peers } as unknown as NodeStatus;
  }

  async changeMembership(changes: readonly MembershipChange[]): Promise<MembershipOutcome> {
    this.changes.push(...changes);
    if (this.refusing) return { kind: 'refused', reason: 'busy', retryable: true };
    for (const change of changes) this.apply(change);
    return { kind: 'changed', index: 1 };
  }

  private apply(change: MembershipChange): void {
    const id = 'server' in change ? change.server.id : change.id;
    const known = this.peers.find((peer) => peer.id === id);
    this.peers = this.peers.filter((peer) => peer !== known);
    if (change.kind === 'remove') return;
    const suffrage = change.kind === 'addLearner' ? 'learner' : 'voter';
    const address = 'server' in change ? change.server.address : known!.address;
    this.peers.push({ id, address, suffrage, matchIndex: this.matchIndex, lastContactMs: 10 });
  }
}

describe('the servers that take part', () => {
  let world: DutyWorld;
  let group: Group;
  let duty: MaintainPeers;
  let settings: AutopilotSettings;
  let health: ServerHealthRecord;
  beforeEach(() => {
    world = new DutyWorld();
    group = new Group();
    settings = { ...autopilotDefaults, serverStabilizationMs: 0 };
    health = new ServerHealthRecord(world.clock, () => settings);
    duty = new MaintainPeers(group, world.members, world.collaborators, health);
  });
  afterEach(async () => {
    duty.end();
    await world.members.stop();
  });
  const voters = (): string[] => group.peers.filter(({ suffrage }) => suffrage === 'voter').map(({ id }) => id);

  it('gain a new one as a learner, and its vote once it has caught up', async () => {
    await world.join(server('a', 1));
    duty.begin();
    world.pool.set(server('b', 2));
    await world.settle();
    expect(group.peers.map(({ id, suffrage }) => `${id} ${suffrage}`)).toEqual(['a-id voter', 'b-id learner']);
    group.peers = group.peers.map((peer) => ({ ...peer, matchIndex: 900 }));
    await world.settle(1_000);
    expect(voters()).toEqual(['a-id', 'b-id']);
  });

  it('get no vote before they have acknowledged anything, however short the log is', async () => {
    settings = { ...settings, maxTrailingLogs: 5_000 };
    await world.join(server('a', 1));
    duty.begin();
    world.pool.set(server('b', 2));
    await world.settle(1_000);
    expect(voters()).toEqual(['a-id']);
    group.peers = group.peers.map((peer) => ({ ...peer, matchIndex: 1 }));
    await world.settle(1_000);
    expect(voters()).toEqual(['a-id', 'b-id']);
  });

  it('vote only when they have been healthy for the time that operators set, without a break', async () => {
    settings = { ...settings, serverStabilizationMs: 10_000 };
    group.matchIndex = 1000;
    await world.join(server('a', 1));
    duty.begin();
    world.pool.set(server('b', 2));
    await world.settle(8_000);
    expect([voters(), health.of('b-id')?.healthy]).toEqual([['a-id'], true]);
    group.peers = group.peers.map((peer) => (peer.id === 'b-id' ? { ...peer, lastContactMs: 300 } : peer));
    await world.settle(1_000);
    expect(health.of('b-id')).toMatchObject({ healthy: false, lastContactMs: 300 });
    group.peers = group.peers.map((peer) => ({ ...peer, lastContactMs: 10 }));
    await world.settle(9_000);
    expect(voters()).toEqual(['a-id']);
    await world.settle(3_000);
    expect(voters()).toEqual(['a-id', 'b-id']);
  });

  it('are unhealthy when they lag, or gossip finds them failed', async () => {
    group.peers.push(voter('b-id', 2), { ...voter('c-id', 3), matchIndex: 700 });
    await world.join(server('a', 1), server('b', 2), server('c', 3));
    duty.begin();
    world.pool.setStatus('b', 'failed');
    await world.settle(1_000);
    expect(['a-id', 'b-id', 'c-id'].map((id) => health.of(id)?.healthy)).toEqual([true, false, false]);
    settings = { ...settings, maxTrailingLogs: 300 };
    await world.settle(1_000);
    expect(health.of('c-id')?.healthy).toBe(true);
  });

  it('lose one that leaves or is forgotten, and keep one that merely fails', async () => {
    group.peers.push(voter('b-id', 2), voter('c-id', 3), voter('d-id', 4));
    await world.join(server('a', 1), server('b', 2), server('c', 3), server('d', 4));
    duty.begin();
    world.pool.setStatus('b', 'left');
    world.pool.setStatus('c', 'failed');
    world.pool.reap('d');
    await world.settle(60_000);
    expect(voters()).toEqual(['a-id', 'c-id']);
  });

  it('are not touched by clients or other datacenters', async () => {
    const elsewhere = server('b', 2);
    await world.join(server('a', 1), { ...elsewhere, tags: { ...elsewhere.tags, dc: 'dc2' } });
    duty.begin();
    await world.settle(5_000);
    expect(group.changes).toEqual([]);
  });

  it('are asked again a second after a refusal', async () => {
    group.refusing = true;
    await world.join(server('a', 1), server('b', 2));
    duty.begin();
    await world.settle();
    expect(group.changes).toHaveLength(1);
    group.refusing = false;
    await world.settle(1_000);
    expect(group.peers).toHaveLength(2);
  });

  it('change one after the other', () => {
    const status = group.status();
    const gossip = [server('a', 1), server('b', 2), server('c', 3)].map((each) => ({
      ...{ id: each.tags.id!, name: each.name, status: 'alive' as const, datacenter: 'dc1' },
      ...{ rpcAddress: `127.0.0.1:${each.tags.port}`, bootstrap: false, bootstrapExpect: 0 },
    }));
    expect(nextChange(status, gossip, new Set(), () => false)).toEqual([
      { kind: 'addLearner', server: { id: 'b-id', address: '127.0.0.1:2' } },
    ]);
  });

  it('replace a server that came back to its address without its disk, in one step', async () => {
    group.peers.push(voter('old-id', 2));
    await world.join(server('a', 1), server('b', 2));
    duty.begin();
    await world.settle();
    expect(group.changes.slice(0, 2)).toEqual([
      { kind: 'remove', id: 'old-id' },
      { kind: 'addLearner', server: { id: 'b-id', address: '127.0.0.1:2' } },
    ]);
  });

  it('are known by their newest address', async () => {
    group.peers.push(voter('b-id', 2));
    await world.join(server('a', 1), server('b', 22));
    duty.begin();
    await world.settle();
    expect(group.changes[0]).toEqual({ kind: 'addVoter', server: { id: 'b-id', address: '127.0.0.1:22' } });
  });
});
