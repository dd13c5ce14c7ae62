import { inSequence } from './in-sequence';

test('parts start in order and stop in reverse, each when the one before is done', async () => {
  const log: string[] = [];
  const part = (name: string) => ({
    start: async () => void (await Promise.resolve(), log.push(`${name} up`)),
    stop: async () => void (await Promise.resolve(), log.push(`${name} down`)),
  });
  const both = inSequence([part('a'), part('b')]);
  await both.start();
  await both.stop();
  expect(log).toEqual(['a up', 'b up', 'b down', 'a down']);
});
