import type { Call } from './call';
import { badRequest } from './http-error';

/** What follows the route's pattern; 400 with this sentence when nothing does. */
export function required(call: Call, sentence: string): string {
  if (call.tail === '') throw badRequest(sentence);
  return call.tail;
}
