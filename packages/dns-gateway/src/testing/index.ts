export { MemoryCatalog } from './memory-catalog';
export { check, nodeRegistration, registration, type Registered } from './registrations';
