import { eventually } from './eventually';

test('asks until there is a value, whatever came before', async () => {
  const answers = [undefined, false, new Error('not yet'), 0];
  const probe = async (): Promise<number | undefined | false> => {
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    return answer as number | undefined | false;
  };
  expect(await eventually('a number', probe)).toBe(0);
  expect(answers).toEqual([]);
});

test('says in the end what did not come, and the last error', async () => {
  const cause = new Error('refused');
  const failing = eventually('an answer', () => Promise.reject(cause), 0);
  await expect(failing).rejects.toMatchObject({ message: 'an answer: not within 0 ms', cause });
});
