import type { AgentApi, AgentOutcome, LocalNode } from '@tribune/protocol';

const REFUSED: AgentOutcome = { ok: false, kind: 'failed', reason: 'this agent registers nothing' };

/** A local agent without services and checks of its own. */
export class LoneAgent implements AgentApi {
  constructor(
    private readonly nodeName: string,
    private readonly nodeId: string,
  ) {}

  async node(): Promise<LocalNode> {
    const datacenter = 'dc1';
    return { id: this.nodeId, node: this.nodeName, address: '127.0.0.1', datacenter, taggedAddresses: {}, meta: {} };
  }

  services = async (): Promise<readonly []> => [];
  checks = async (): Promise<readonly []> => [];
  changed = async (version: number): Promise<number> => version + 1;
  registerService = async (): Promise<AgentOutcome> => REFUSED;
  deregisterService = async (): Promise<AgentOutcome> => REFUSED;
  registerCheck = async (): Promise<AgentOutcome> => REFUSED;
  deregisterCheck = async (): Promise<AgentOutcome> => REFUSED;
  updateTtl = async (): Promise<AgentOutcome> => REFUSED;
  nodeMaintenance = async (): Promise<AgentOutcome> => REFUSED;
  serviceMaintenance = async (): Promise<AgentOutcome> => REFUSED;
  reload = async (): Promise<AgentOutcome> => REFUSED;
  syncNow = async (): Promise<AgentOutcome> => REFUSED;
}
