/**
 * The local agent: its registrations, their checks, and their way into the catalog.
 * @packageDocumentation
 */
export { createHealthRunner, HealthRunner } from './health-runner';
export type { HealthRunnerCollaborators, HealthRunnerOptions, PortRange } from './options';
