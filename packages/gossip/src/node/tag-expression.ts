import { Script, createContext } from 'node:vm';

/** A query from the network must not hold the event loop; an expression that takes longer matches nothing. */
const TIMEOUT_MS = 20;
const EXPRESSION_LENGTH_MAX = 512;
/** One repetition over a tag of at most 512 bytes is quadratic at worst: harmless without a guard. */
const HARMLESS_REPETITIONS = 1;
const SCRIPT = new Script('new RegExp(expression).test(text)');

/** Does a query's tag expression match? Bad, overlong or slow expressions match nothing. */
export function matchesExpression(expression: string, text: string): boolean {
  if (expression.length > EXPRESSION_LENGTH_MAX) return false;
  try {
    const repetitions = expression.match(/[*+?{]/g)?.length ?? 0;
    const isHarmless = repetitions <= HARMLESS_REPETITIONS && !/\\[1-9k]/.test(expression);
    return isHarmless ? new RegExp(expression).test(text) : guarded(expression, text);
  } catch {
    return false;
  }
}

const guarded = (expression: string, text: string): boolean =>
  SCRIPT.runInContext(createContext({ expression, text }), { timeout: TIMEOUT_MS }) === true;
