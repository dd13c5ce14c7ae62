import { SimClock } from '@tribune/testkit';
import { follow, type Change } from '../src/commands/watch/follow';
import { subjectOf, type SubjectFlags } from '../src/commands/watch/subject';
import type { Answer, Ask } from '../src/http/http-client';

type Step = { readonly index: string; readonly body: string } | 'down';

/** Answers each request with the next step; when there is none, the request waits for the signal. */
class Script {
  readonly asked: (string | undefined)[] = [];

  constructor(private readonly steps: Step[]) {}

  async ask({ query, signal }: Ask): Promise<Answer> {
    this.asked.push(query?.['index'] as string | undefined);
    const step = this.steps.shift();
    if (step === 'down') throw new Error('connection refused');
    if (!step) return new Promise((_, reject) => signal!.addEventListener('abort', () => reject(new Error('aborted'))));
    return { status: 200, headers: { 'x-consul-index': step.index }, body: Buffer.from(step.body) };
  }
}

const flags: SubjectFlags = {
  type: '',
  key: '',
  prefix: '',
  service: '',
  tag: [],
  passingonly: '',
  state: '',
  name: '',
  filter: '',
};

async function play(type: string, steps: Step[]) {
  const clock = new SimClock();
  const client = new Script(steps);
  const ctrlC = new AbortController();
  const changes: Change[] = [];
  const retries: number[] = [];
  const done = (async () => {
    const options = {
      client,
      clock,
      signal: ctrlC.signal,
      onError: (_: string, retryMs: number) => retries.push(retryMs),
    };
    for await (const change of follow(subjectOf({ ...flags, type }), options)) changes.push(change);
  })();
  await clock.elapse(3_600_000);
  ctrlC.abort();
  await done;
  expect(clock.pending).toBe(0);
  return { changes, retries, asked: client.asked };
}

test('waits from the index of the last answer, and tells only what differs', async () => {
  const { changes, asked } = await play('services', [
    { index: '5', body: '{"a":[]}' },
    { index: '7', body: '{"a":[]}' },
    { index: '9', body: '{"b":[]}' },
  ]);
  expect(changes).toEqual([
    { index: 5n, value: { a: [] } },
    { index: 9n, value: { b: [] } },
  ]);
  expect(asked).toEqual([undefined, '5', '7', '9']);
});

test('goes on after failures, waiting longer each time, and does not tell the same again', async () => {
  const { changes, retries, asked } = await play('services', [
    { index: '5', body: '{"a":[]}' },
    'down',
    'down',
    'down',
    'down',
    'down',
    'down',
    'down',
    { index: '5', body: '{"a":[]}' },
    { index: '6', body: '{}' },
    'down',
  ]);
  expect(retries).toEqual([5_000, 20_000, 45_000, 80_000, 125_000, 180_000, 180_000, 5_000]);
  expect(changes.map(({ index }) => index)).toEqual([5n, 6n]);
  expect(asked.slice(0, 3)).toEqual([undefined, '5', undefined]);
});

test('an index that went backwards is not waited for', async () => {
  const { asked } = await play('nodes', [
    { index: '50', body: '[]' },
    { index: '3', body: '[]' },
    { index: '3', body: '[]' },
  ]);
  expect(asked).toEqual([undefined, '50', undefined, '3']);
});

test('an index of 0 would not block; 1 does', async () => {
  const { asked } = await play('nodes', [{ index: '0', body: '[]' }]);
  expect(asked).toEqual([undefined, '1']);
});

test('event indexes are hashes: a lesser one is not a step backwards', async () => {
  const { asked } = await play('event', [
    { index: '18446744073709551615', body: '[]' },
    { index: '7', body: '[{"ID":"00000000-0000-0000-0000-000000000007"}]' },
  ]);
  expect(asked).toEqual([undefined, '18446744073709551615', '7']);
});

test('after a failure, events that the handler knows are not told again', async () => {
  const one = '{"ID":"00000000-0000-0000-0000-000000000001"}';
  const two = '{"ID":"00000000-0000-0000-0000-000000000002"}';
  const { changes } = await play('event', [
    { index: '1', body: `[${one}]` },
    'down',
    { index: '1', body: `[${one}]` },
    { index: '2', body: `[${one},${two}]` },
  ]);
  expect(changes.map(({ value }) => JSON.stringify(value))).toEqual([`[${one}]`, `[${two}]`]);
});
