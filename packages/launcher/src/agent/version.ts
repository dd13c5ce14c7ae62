/** Of this product. */
export const TRIBUNE_VERSION = '0.1.0';

/**
 * The Consul release whose interfaces this agent speaks. Other agents read it from the `build` tag and clients from
 * `/v1/agent/self`; both decide by it which features they use.
 */
export const CONSUL_VERSION = '1.8.7';
