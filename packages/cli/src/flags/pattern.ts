import { reasonOf } from '../errors/reason';
import { Complaint } from '../errors/complaint';

/** How Go tells of the mistakes in patterns that this engine finds too; the pattern follows. */
const MISTAKES: readonly (readonly [RegExp, string])[] = [
  [/Unterminated group/, 'missing closing )'],
  [/Unmatched '\)'/, 'unexpected )'],
  [/Unterminated character class/, 'missing closing ]'],
  [/Nothing to repeat/, 'missing argument to repetition operator'],
  [/at end of pattern/, 'trailing backslash at end of expression'],
  [/out of order in \{\}/, 'invalid repeat count'],
  [/Range out of order/, 'invalid character class range'],
];

/** The pattern of a flag; `what` names the flag in the complaint. */
export function patternOf(text: string, what: string): RegExp {
  try {
    return new RegExp(text);
  } catch (error) {
    const reason = reasonOf(error);
    const known = MISTAKES.find(([sign]) => sign.test(reason))?.[1];
    const shown = known === undefined ? reason : `error parsing regexp: ${known}: \`${text}\``;
    throw new Complaint(`Failed to compile ${what} regexp: ${shown}`);
  }
}
