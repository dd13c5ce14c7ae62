import { member, serverMember } from '../testing/fake-membership';
import { DutyWorld } from '../testing/duty-world';
import { ReconcileMembers } from './reconcile-members';

const client = (name: string) => member(name, { tags: { role: 'node', dc: 'dc1', id: `${name}-id` } });
const LEADER = serverMember({ name: 'leader', id: 'leader-id', rpcPort: 8300 });

describe('members in the catalog', () => {
  let world: DutyWorld;
  let duty: ReconcileMembers;
  beforeEach(() => {
    world = new DutyWorld();
    const own = { name: 'leader', taggedAddresses: { lan: '127.0.0.1' }, meta: { rack: '1' } };
    duty = new ReconcileMembers({ datacenter: 'dc1', own }, world.members, world.collaborators);
  });
  afterEach(async () => {
    duty.end();
    await world.members.stop();
  });
  const tables = () => world.machine.view.tables;
  const health = (node: string) => {
    const check = tables().checks.get(node, 'serfHealth');
    return check && `${check.status}: ${check.output}`;
  };

  it('are registered with serfHealth when they are alive', async () => {
    await world.join(client('c1'));
    duty.begin();
    await world.settle();
    expect(tables().nodes.get('c1')).toMatchObject({ id: 'c1-id', address: '127.0.0.1', datacenter: 'dc1' });
    expect(health('c1')).toBe('passing: Agent alive and reachable');
    expect(tables().services.onNode('c1')).toEqual([]);
  });

  it('that are servers have the service consul, as Consul records it', async () => {
    await world.join(LEADER);
    duty.begin();
    await world.settle();
    expect(tables().services.get('leader', 'consul')).toMatchObject({
      service: 'consul',
      port: 8300,
      tags: [],
      weights: { passing: 1, warning: 1 },
      meta: {
        non_voter: 'false',
        raft_version: '3',
        serf_protocol_current: '2',
        serf_protocol_max: '5',
        serf_protocol_min: '1',
        version: '1.8.7',
      },
    });
    expect(tables().nodes.get('leader')).toMatchObject({ taggedAddresses: { lan: '127.0.0.1' }, meta: { rack: '1' } });
  });

  it('cost no write while nothing changes', async () => {
    await world.join(LEADER, client('c1'));
    duty.begin();
    await world.settle();
    const { length } = world.proposed;
    await world.settle(600_000);
    expect(world.proposed).toHaveLength(length);
  });

  it('turn critical when they fail and passing when they return', async () => {
    await world.join(client('c1'));
    duty.begin();
    await world.settle();
    world.pool.setStatus('c1', 'failed');
    await world.settle();
    expect(health('c1')).toBe('critical: Agent not live or unreachable');
    world.pool.setStatus('c1', 'alive');
    await world.settle();
    expect(health('c1')).toBe('passing: Agent alive and reachable');
  });

  it('go when they leave, and when gossip forgets them', async () => {
    await world.join(client('c1'), client('c2'), client('c3'));
    duty.begin();
    await world.settle();
    world.pool.setStatus('c1', 'left');
    world.pool.reap('c2');
    await world.settle();
    expect([...tables().nodes.rows()].map(({ node }) => node)).toEqual(['c3']);
  });

  it('that lead are not deregistered by themselves', async () => {
    await world.join(LEADER);
    duty.begin();
    await world.settle();
    world.pool.setStatus('leader', 'left');
    await world.settle();
    expect(tables().nodes.get('leader')).toBeDefined();
  });

  it('keep what their own agent wrote about the node', async () => {
    const node = {
      id: 'c1-id',
      node: 'c1',
      address: '127.0.0.1',
      datacenter: 'dc1',
      taggedAddresses: null,
      meta: { a: 'b' },
    };
    world.apply({ type: 'register', node, skipNodeUpdate: false, checks: [] });
    await world.join(client('c1'));
    duty.begin();
    await world.settle();
    expect(health('c1')).toMatch(/^passing/);
    expect(tables().nodes.get('c1')?.meta).toEqual({ a: 'b' });
  });

  it('that gossip does not know turn critical after a minute and go after ten', async () => {
    await world.join(client('c1'));
    duty.begin();
    await world.settle();
    // It was reaped while nobody led: no event says so.
    duty.end();
    world.pool.reap('c1');
    await world.settle();
    duty.begin();
    await world.settle(59_000);
    expect(health('c1')).toMatch(/^passing/);
    await world.settle(62_000);
    expect(health('c1')).toMatch(/^critical/);
    await world.settle(10 * 60_000);
    expect(tables().nodes.get('c1')).toBeUndefined();
  });

  it('are left alone once the lead is lost', async () => {
    await world.join(client('c1'));
    duty.begin();
    await world.settle();
    duty.end();
    const { length } = world.proposed;
    world.pool.setStatus('c1', 'failed');
    await world.settle(120_000);
    expect(world.proposed).toHaveLength(length);
  });

  it('are written one after the other, the newest fact only', async () => {
    let open = (): void => undefined;
    world.gate = new Promise((resolve) => (open = resolve));
    await world.join(client('c1'), client('c2'));
    duty.begin();
    for (const status of ['failed', 'alive', 'failed', 'alive', 'failed'] as const) world.pool.setStatus('c2', status);
    await world.settle();
    expect(world.proposed).toHaveLength(1);
    open();
    await world.settle();
    expect(health('c1')).toMatch(/^passing/);
    // It was never seen alive by this leader, so there is nothing to turn critical.
    expect(tables().nodes.get('c2')).toBeUndefined();
    expect(world.proposed).toHaveLength(1);
  });
});
