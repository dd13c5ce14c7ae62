const NUMBER = /^(?:\d+\.?\d*|\.\d+)/;
const UNITS = ['ns', 'us', 'µs', 'μs', 'ms', 's', 'm', 'h'];

/** What Go's `time.ParseDuration` says of a text that is no duration. */
export function durationProblem(text: string): string {
  const quoted = JSON.stringify(text);
  let rest = text.replace(/^[+-]/, '');
  for (let number = NUMBER.exec(rest)?.[0]; number !== undefined; number = NUMBER.exec(rest)?.[0]) {
    rest = rest.slice(number.length);
    const unit = /^[^.\d]*/.exec(rest)![0];
    if (unit === '') return `time: missing unit in duration ${quoted}`;
    if (!UNITS.includes(unit)) return `time: unknown unit ${JSON.stringify(unit)} in duration ${quoted}`;
    rest = rest.slice(unit.length);
  }
  return `time: invalid duration ${quoted}`;
}
