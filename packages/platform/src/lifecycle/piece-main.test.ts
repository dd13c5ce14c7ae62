import { CodedError } from '../errors/coded-error';
import { runPiece } from './piece-main';

afterEach(() => jest.restoreAllMocks());

/** What a piece that fails so says, and how it ends. */
async function failing(error: unknown): Promise<readonly [string, unknown]> {
  let said = '';
  jest.spyOn(process.stderr, 'write').mockImplementation((text) => ((said += String(text)), true));
  const ended = new Promise((resolve) => jest.spyOn(process, 'exit').mockImplementation(resolve as never));
  runPiece(() => Promise.reject(error));
  const code = await ended;
  return [said, code];
}

test('all problems of the options are named, one a line', async () => {
  const error = new CodedError({ code: 'X', problems: ['--a: is missing', '--b: is no number'] }, 'two problems');
  expect(await failing(error)).toEqual(['--a: is missing\n--b: is no number\n', 1]);
});

test.each([
  [new CodedError({ code: 'X' }, 'the port is taken'), 'the port is taken\n'],
  [new Error('no such folder'), 'no such folder\n'],
])('%s is said as it is', async (error, said) => {
  expect(await failing(error)).toEqual([said, 1]);
});

test('a piece is told to stop once, however often the process is', async () => {
  const before = process.listeners('SIGTERM');
  const stop = jest.fn();
  runPiece(async (whenTold) => whenTold(stop));
  const [told] = process.listeners('SIGTERM').filter((listener) => !before.includes(listener));
  (told as () => void)();
  (told as () => void)();
  expect(stop).toHaveBeenCalledTimes(1);
  process.off('SIGTERM', told!).off('SIGINT', told!);
});
