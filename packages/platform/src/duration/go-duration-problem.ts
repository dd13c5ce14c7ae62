import { quoteGo } from '../text/quote-go';

const TERM = /^(?:\d+\.?\d*|\.\d+)/;
const UNIT = /^(ns|us|µs|μs|ms|s|m|h)$/;

/** What Go's `time.ParseDuration` says about a text that it refuses. */
export function goDurationProblem(text: string): string {
  const quoted = quoteGo(text);
  let rest = text.replace(/^[+-]/, '');
  while (rest !== '') {
    const number = TERM.exec(rest)?.[0];
    if (number === undefined) break;
    rest = rest.slice(number.length);
    const unit = /^[^.\d]*/.exec(rest)![0];
    if (unit === '') return `time: missing unit in duration ${quoted}`;
    if (!UNIT.test(unit)) return `time: unknown unit ${quoteGo(unit)} in duration ${quoted}`;
    rest = rest.slice(unit.length);
  }
  return `time: invalid duration ${quoted}`;
}
