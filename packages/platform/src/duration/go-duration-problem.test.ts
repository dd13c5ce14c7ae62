import { goDurationProblem } from './go-duration-problem';

test.each([
  ['soon', 'time: invalid duration "soon"'],
  ['15', 'time: missing unit in duration "15"'],
  ['15x', 'time: unknown unit "x" in duration "15x"'],
  ['1m5', 'time: missing unit in duration "1m5"'],
  ['', 'time: invalid duration ""'],
  ['1h\n', 'time: unknown unit "h\\n" in duration "1h\\n"'],
])('Go says of %j: %s', (text, problem) => {
  expect(goDurationProblem(text)).toBe(problem);
});
