import { Script, createContext } from 'node:vm';

/** Long enough for any honest expression; a query from the network must not hold the event loop. */
const TIMEOUT_MS = 5;
const EXPRESSION_LENGTH_MAX = 512;
const SCRIPT = new Script('new RegExp(expression).test(text)');

/** Does a query's tag expression match? Bad, overlong or slow expressions match nothing. */
export function matchesExpression(expression: string, text: string): boolean {
  if (expression.length > EXPRESSION_LENGTH_MAX) return false;
  try {
    const context = createContext({ expression, text });
    return SCRIPT.runInContext(context, { timeout: TIMEOUT_MS }) === true;
  } catch {
    return false;
  }
}
