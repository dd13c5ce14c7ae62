export { MemoryCatalog } from './memory-catalog';
export { check, nodeRegistration, registration, type Registered } from './registrations';
export { ask, exchange, framed, readReply, type Asked, type Reply } from './dns-client';
export { startGateway, type TestGateway, type Wanted } from './test-gateway';
