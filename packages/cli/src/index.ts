/**
 * The `tribune` command: Consul's command line over the HTTP API.
 * @packageDocumentation
 */
export { run } from './run';
export { processTerminal, type Terminal } from './terminal/terminal';
