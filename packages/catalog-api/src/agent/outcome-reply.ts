import type { AgentOutcome } from '@tribune/protocol';
import { badRequest, notFound, serverError } from '../http/http-error';
import { empty, type Reply } from '../http/reply';

const ERRORS = { invalid: badRequest, notFound, failed: serverError } as const;

/** The empty 200 of a success; otherwise the agent's sentence with the status that Consul gives it. */
export function outcomeReply(outcome: AgentOutcome): Reply {
  if (!outcome.ok) throw ERRORS[outcome.kind](outcome.reason);
  return empty(200);
}
