/**
 * For tests of packages that implement or wrap the local agent.
 * @packageDocumentation
 */
export { agentApiCompliance, type AgentUnderTest } from './agent-compliance';
