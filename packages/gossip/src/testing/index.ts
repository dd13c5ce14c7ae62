/** The production core over a network in virtual time. */
export { EventHeap } from './event-heap';
export { SimNode, SimPool, type Link, type SimFact, type SimPoolOptions } from './sim-pool';
