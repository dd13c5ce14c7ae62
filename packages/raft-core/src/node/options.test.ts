import { completeOptions } from './options';

it('fills in the defaults', () => {
  expect(completeOptions({ id: 'a', address: 'a:1' })).toMatchObject({
    tickMs: 10,
    electionTicks: 40,
    heartbeatTicks: 5,
  });
});

it('names every bad field at once', () => {
  const bad = { id: '', address: 'a:1', tickMs: 0, electionTicks: 8, snapshotThreshold: NaN, trailingLogs: -1 };
  expect(() => completeOptions(bad)).toThrow(
    /id is empty.*tickMs is 0.*snapshotThreshold is NaN.*trailingLogs is -1.*electionTicks is 8/s,
  );
});
