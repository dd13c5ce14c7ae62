import type { Call } from '../http/call';
import { badRequest } from '../http/http-error';

const TRUE = ['1', 't', 'T', 'TRUE', 'true', 'True'];
const FALSE = ['0', 'f', 'F', 'FALSE', 'false', 'False'];

/** `?enable=`, which maintenance cannot do without. Spellings are those of Go's `ParseBool`. */
export function enableFlag({ query }: Call): boolean {
  if (!query.has('enable')) throw badRequest('Missing value for enable');
  const value = query.get('enable');
  if (TRUE.includes(value)) return true;
  if (FALSE.includes(value)) return false;
  throw badRequest(`Invalid value for enable: ${JSON.stringify(value)}`);
}
