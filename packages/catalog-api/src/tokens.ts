/** Injection tokens of what the launcher passes in: interfaces leave no trace at run time, so Nest needs a name for each. */
export const OPTIONS = Symbol('CatalogApiOptions');
export const STATE = Symbol('StateApi');
export const VIEW = Symbol('View');
export const MEMBERSHIP = Symbol('MembershipApi');
export const AGENT = Symbol('AgentApi');
export const LOG_SOURCE = Symbol('LogSource');
export const CLOCK = Symbol('Clock');
export const RANDOM = Symbol('Random');
export const LOGGER = Symbol('Logger');
export const METRICS = Symbol('Metrics');
export const CONTROL = Symbol('AgentControl');
