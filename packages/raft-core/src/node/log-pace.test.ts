import { SimClock } from '@tribune/testkit';
import { LogPace } from './log-pace';

const MIB = 1024 * 1024;

function world() {
  const log = { isBehind: false };
  const clock = new SimClock();
  const pace = new LogPace(() => log.isBehind, clock);
  const told: string[] = [];
  const propose = async (name: string, bytes = 1): Promise<void> => {
    told.push(`${name} ${(await pace.admission(bytes)) ?? 'at once'}`);
  };
  const settled = async (): Promise<string[]> => {
    for (let turn = 0; turn < 10; turn++) await Promise.resolve();
    return told.splice(0);
  };
  return { log, clock, pace, propose, settled };
}

it('holds nobody up while the log is short', async () => {
  const { propose, settled } = world();
  void propose('a');
  expect(await settled()).toEqual(['a at once']);
});

it('lets in those who waited in their order, some at a time, and nobody past them', async () => {
  const { log, pace, propose, settled } = world();
  log.isBehind = true;
  for (const name of ['a', 'b', 'c']) void propose(name, 3 * MIB);
  pace.release();
  expect([await settled(), pace.count]).toEqual([[], 3]);
  log.isBehind = false;
  void propose('late');
  pace.release();
  expect(await settled()).toEqual(['a true', 'b true']);
  pace.release();
  expect(await settled()).toEqual(['c true', 'late true']);
  void propose('next');
  expect(await settled()).toEqual(['next at once']);
});

it('tells those who waited long to come again, and all when the server stops', async () => {
  const { log, clock, pace, propose, settled } = world();
  log.isBehind = true;
  void propose('a');
  clock.advance(3_000);
  void propose('b');
  clock.advance(2_500);
  expect(await settled()).toEqual(['a false']);
  pace.end();
  expect([await settled(), pace.count]).toEqual([['b false'], 0]);
});
