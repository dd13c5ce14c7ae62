import { seededRandom } from '@tribune/platform';
import type { Member, MembershipApi, MembershipEvent } from '@tribune/protocol';
import { RecordingLogger, SimClock } from '@tribune/testkit';
import { ServerList } from './server-list';

const member = (name: string, given: Partial<Member> = {}): Member => ({
  name,
  address: `10.0.0.${name.length}`,
  port: 8301,
  tags: { role: 'consul', dc: 'dc1', port: '8300', id: name },
  status: 'alive',
  protocolMin: 1,
  protocolMax: 5,
  protocolCurrent: 2,
  delegateMin: 2,
  delegateMax: 5,
  delegateCurrent: 4,
  ...given,
});

/** A list that follows scripted lives of the membership service. */
async function listAfter(...lives: MembershipEvent[][]): Promise<readonly string[]> {
  const clock = new SimClock();
  const watch = async function* (signal: AbortSignal): AsyncIterable<MembershipEvent> {
    const events = lives.shift();
    if (events) return yield* events;
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  };
  const list = new ServerList('dc1', {
    membership: { watch } as MembershipApi,
    clock,
    random: seededRandom(1),
    logger: new RecordingLogger(),
  });
  list.start();
  await clock.elapse(5_000);
  list.stop();
  return list.addresses();
}

const snapshot = (...members: Member[]): MembershipEvent => ({ kind: 'snapshot', pool: 'lan', members });

test('lists the living servers of this datacenter only', async () => {
  const addresses = await listAfter([
    snapshot(
      member('a'),
      member('bb', { tags: { role: 'node', dc: 'dc1' } }),
      member('ccc', { tags: { role: 'consul', dc: 'dc2', port: '1' } }),
      member('dddd', { status: 'failed' }),
    ),
    { kind: 'join', pool: 'wan', member: member('eeeee') },
  ]);
  expect(addresses).toEqual(['10.0.0.1:8300']);
});

test('known servers keep their places; failed and left ones go', async () => {
  const first = await listAfter([snapshot(member('a'), member('bb'), member('ccc'))]);
  const then = await listAfter([
    snapshot(member('a'), member('bb'), member('ccc')),
    { kind: 'join', pool: 'lan', member: member('dddd') },
    { kind: 'failed', pool: 'lan', member: member('bb', { status: 'failed' }) },
    { kind: 'leave', pool: 'lan', member: member('a', { status: 'left' }) },
  ]);
  expect(then).toEqual([...first.filter((address) => address === '10.0.0.3:8300'), '10.0.0.4:8300']);
});

test('watches again after the membership went away', async () => {
  expect(await listAfter([snapshot(member('a'))], [snapshot(member('bb'))])).toEqual(['10.0.0.2:8300']);
});
