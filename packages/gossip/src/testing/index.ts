/** The production core over a network in virtual time. */
export { SimNode, SimPool, type Link, type SimFact, type SimPoolOptions } from './sim-pool';
