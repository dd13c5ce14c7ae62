import type { AgentOutcome } from '@tribune/protocol';

export const DONE: AgentOutcome = { ok: true };
export const failed = (reason: string): AgentOutcome => ({ ok: false, kind: 'failed', reason });
export const notFound = (reason: string): AgentOutcome => ({ ok: false, kind: 'notFound', reason });
export const invalid = (reason: string): AgentOutcome => ({ ok: false, kind: 'invalid', reason });
