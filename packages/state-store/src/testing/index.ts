/**
 * Builders and a state machine for tests of what stands on the state store.
 * @packageDocumentation
 */
export { aCheck, aNode, aService, aSession } from './builders';
export { harness, Harness } from './harness';
