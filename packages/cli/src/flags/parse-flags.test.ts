import { duration, int, maybeToggle, maybeUint, pairs, text, texts, toggle, uint } from './flag';
import { parseFlags } from './parse-flags';

const table = {
  stale: toggle('', false),
  shell: toggle('', true),
  cleanup: maybeToggle(''),
  name: text('', 'none'),
  tag: texts(''),
  meta: pairs(''),
  n: int('', 1),
  flags: uint(''),
  quorum: maybeUint(''),
  timeout: duration(''),
};
const initial = parseFlags(table, []).values;

const cases: readonly [string, readonly string[], Partial<typeof initial>, readonly string[]][] = [
  ['nothing', [], {}, []],
  ['one dash', ['-name', 'x'], { name: 'x' }, []],
  ['two dashes', ['--name', 'x'], { name: 'x' }, []],
  ['an equals sign', ['--name=x=y'], { name: 'x=y' }, []],
  ['an empty value', ['-name='], { name: '' }, []],
  ['a value that looks like a flag', ['-name', '-stale'], { name: '-stale' }, []],
  ['a switch alone', ['-stale', 'false'], { stale: true }, ['false']],
  [
    'a switch with a value',
    ['-stale=0', '-shell=F', '-cleanup=TRUE'],
    { stale: false, shell: false, cleanup: true },
    [],
  ],
  ['the first argument ends the flags', ['a', '-stale'], {}, ['a', '-stale']],
  ['a lone dash is an argument', ['-', '-stale'], {}, ['-', '-stale']],
  ['two lone dashes end the flags', ['--', '-stale'], {}, ['-stale']],
  ['the last of several counts', ['-name=a', '-name=b'], { name: 'b' }, []],
  ['lists collect', ['-tag=a', '-tag', 'b'], { tag: ['a', 'b'] }, []],
  [
    'maps collect',
    ['-meta=a=1', '-meta=b=2=3'],
    {
      meta: new Map([
        ['a', '1'],
        ['b', '2=3'],
      ]),
    },
    [],
  ],
  ['64 bits', ['-flags=18446744073709551615'], { flags: 18446744073709551615n }, []],
  ['other bases', ['-flags=0xff', '-n=-5'], { flags: 255n, n: -5 }, []],
  ['a zero that was given', ['-quorum=0'], { quorum: 0n }, []],
  ['durations in nanoseconds', ['-timeout=1m0.5s'], { timeout: 60_500_000_000 }, []],
];

test.each(cases)('%s', (_, argv, values, args) => {
  expect(parseFlags(table, argv)).toEqual({ values: { ...initial, ...values }, args });
});

const faults: readonly [readonly string[], string][] = [
  [['-nope'], 'flag provided but not defined: -nope'],
  [['-constructor'], 'flag provided but not defined: -constructor'],
  [['-name'], 'flag needs an argument: -name'],
  [['---name'], 'bad flag syntax: ---name'],
  [['-=x'], 'bad flag syntax: -=x'],
  [['-stale=maybe'], 'invalid boolean value "maybe" for -stale: strconv.ParseBool: parsing "maybe": invalid syntax'],
  [['-n', 'x'], 'invalid value "x" for flag -n: parse error'],
  [['-flags=-1'], 'invalid value "-1" for flag -flags: parse error'],
  [['-flags=18446744073709551616'], 'invalid value "18446744073709551616" for flag -flags: value out of range'],
  [['-meta=k'], 'invalid value "k" for flag -meta: Missing "=" value in argument: k'],
  [['-timeout=3'], 'invalid value "3" for flag -timeout: time: missing unit in duration "3"'],
  [['-timeout=soon'], 'invalid value "soon" for flag -timeout: time: invalid duration "soon"'],
];

test.each(faults)('%j is refused in the words of Go', (argv, message) => {
  expect(() => parseFlags(table, argv)).toThrow(message);
});
