import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '@tribune/testkit';
import { Child, TRIBUNE } from './child';
import { HttpClient } from './http';
import { freePorts } from './ports';

export interface AgentPorts {
  readonly http: number;
  readonly grpc: number;
  readonly dns: number;
  readonly serf_lan: number;
  readonly serf_wan: number;
  readonly server: number;
}

/** One `tribune agent` with a folder and ports of its own; it can be killed and started again on the same data. */
export class AgentProcess {
  readonly http: HttpClient;
  private child: Child | undefined;
  private environment: Record<string, string> = {};
  private binary = TRIBUNE;

  private constructor(
    readonly name: string,
    readonly ports: AgentPorts,
    readonly folder: string,
    /** What stands before the command line, as `ip netns exec`. */
    private prefix: readonly string[],
    /** Where its HTTP API is. */
    readonly host: string,
  ) {
    this.http = new HttpClient(ports.http, undefined, host);
  }

  static async create(
    name: string,
    configuration: Record<string, unknown>,
    ports?: AgentPorts,
    prefix: readonly string[] = [],
  ): Promise<AgentProcess> {
    const chosen = ports ?? (await AgentProcess.choosePorts());
    const folder = mkdtempSync(join(tmpdir(), `tribune-${name}-`));
    const defaults = {
      node_name: name,
      bind_addr: '127.0.0.1',
      client_addr: '127.0.0.1',
      data_dir: join(folder, 'data'),
    };
    const complete = { ...defaults, ports: chosen, ...configuration };
    writeFileSync(join(folder, 'agent.json'), JSON.stringify(complete));
    return new AgentProcess(name, chosen, folder, prefix, complete.client_addr);
  }

  static async choosePorts(): Promise<AgentPorts> {
    const [http, grpc, dns, lan, wan, server] = await freePorts(6);
    return { http: http!, grpc: grpc!, dns: dns!, serf_lan: lan!, serf_wan: wan!, server: server! };
  }

  get process(): Child {
    if (!this.child) throw new Error(`${this.name} is not started`);
    return this.child;
  }

  get dataFolder(): string {
    return join(this.folder, 'data');
  }

  get isRunning(): boolean {
    return this.child?.running === true;
  }

  start(...flags: string[]): this {
    const argv = [this.binary, 'agent', `-config-file=${join(this.folder, 'agent.json')}`, ...flags];
    this.child = new Child(this.name, argv, this.environment, this.prefix);
    return this;
  }

  /** What the next start finds around it: variables, and words before its command line. */
  surround(environment: Record<string, string>, prefix: readonly string[] = this.prefix): this {
    this.environment = environment;
    this.prefix = prefix;
    return this;
  }

  /** What the next start runs. */
  run(binary: string): this {
    this.binary = binary;
    return this;
  }

  /** Resolves when the agent answers a default-mode read, that is, when it knows a leader. */
  async ready(): Promise<this> {
    await eventually(`${this.name} serves`, async () => {
      if (!this.process.running) throw new Error(`${this.name} ended:\n${this.process.output}`);
      return (await this.http.send('GET', '/v1/kv/?keys')).status !== 500;
    }).catch((error: Error) => {
      throw new Error(`${error.message}\n${this.process.output.slice(-4000)}`, { cause: error });
    });
    return this;
  }

  async kill(): Promise<void> {
    await this.child?.stop('SIGKILL');
  }

  async dispose(): Promise<void> {
    this.http.close();
    await this.child?.stop('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }
}
