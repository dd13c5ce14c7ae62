/**
 * Test doubles of the platform ports and of the state service. Development only.
 * @packageDocumentation
 */
export { EventHeap } from './event-heap';
export { SimClock } from './sim-clock';
export { freePort } from './free-port';
export { RecordingLogger } from './recording-logger';
export { LocalState } from './local-state/local-state';
export { eventually, PATIENCE_MS } from './eventually';
