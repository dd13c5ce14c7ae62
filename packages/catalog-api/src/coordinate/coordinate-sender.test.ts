import { seededRandom, silentLogger } from '@tribune/platform';
import type { Coordinate, Member, MembershipApi, StateApi } from '@tribune/protocol';
import { decodeCommand, type Command } from '@tribune/state-store';
import { SimClock } from '@tribune/testkit';
import { CoordinateSender } from './coordinate-sender';

const COORDINATE: Coordinate = { vec: [1, 2, 3, 4, 5, 6, 7, 8], error: 0.5, adjustment: 0.1, height: 0.001 };

/** A sender in virtual time, and what it sent when. */
function world(members: number, coordinate: () => Coordinate | undefined = () => COORDINATE) {
  const clock = new SimClock();
  const sent: { readonly atMs: number; readonly command: Command }[] = [];
  const membership = {
    coordinate: async () => coordinate(),
    members: async () => Array.from({ length: members }, () => ({}) as Member),
  } as unknown as MembershipApi;
  const state = {
    propose: async (bytes: Uint8Array) => {
      sent.push({ atMs: clock.monotonicMs(), command: decodeCommand(bytes) });
      return { kind: 'noLeader' };
    },
  } as unknown as StateApi;
  const ports = { clock, random: seededRandom(1), logger: silentLogger };
  return { clock, sent, sender: new CoordinateSender('n1', { membership, state, ...ports }) };
}

test('the coordinate that gossip learned goes to the catalog every 15 to 30 s', async () => {
  const { clock, sent, sender } = world(3);
  await sender.start();
  await clock.elapse(600_000);
  await sender.stop();
  expect(sent.length).toBeGreaterThanOrEqual(20);
  expect(sent.length).toBeLessThanOrEqual(40);
  expect(sent[0]!.command).toEqual({
    type: 'coordinate-update',
    updates: [{ node: 'n1', segment: '', ...COORDINATE }],
  });
});

test('ten thousand agents together send 32 to 64 a second', async () => {
  const { clock, sent, sender } = world(10_000);
  await sender.start();
  await clock.elapse(3_600_000);
  await sender.stop();
  const perSecond = (sent.length / 3_600) * 10_000;
  expect(perSecond).toBeGreaterThan(30);
  expect(perSecond).toBeLessThan(66);
});

test('nothing is sent before gossip knows a coordinate, and a failure is not the end', async () => {
  let answers: 'nothing' | 'failure' | 'coordinate' = 'nothing';
  const { clock, sent, sender } = world(3, () => {
    if (answers === 'failure') throw new Error('gossip is being restarted');
    return answers === 'nothing' ? undefined : COORDINATE;
  });
  await sender.start();
  await clock.elapse(60_000);
  answers = 'failure';
  await clock.elapse(60_000);
  expect(sent).toEqual([]);
  answers = 'coordinate';
  await clock.elapse(60_000);
  expect(sent.length).toBeGreaterThan(0);
  await sender.stop();
  expect(clock.pending).toBe(0);
  const { length } = sent;
  await clock.elapse(60_000);
  expect(sent).toHaveLength(length);
});
