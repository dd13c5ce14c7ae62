import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runAgent } from '@tribune/launcher';
import { freePort } from '@tribune/testkit';
import { run } from '../src/run';
import { FakeTerminal } from './fake-terminal';

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A whole `agent -dev` in this process, and a command line that talks to it. */
export class TestAgent {
  private isStopped = false;
  private readonly begun: { readonly terminal: FakeTerminal; readonly ended: Promise<number> }[] = [];

  private constructor(
    readonly address: string,
    private readonly folder: string,
    private readonly ended: Promise<number>,
    private readonly silence: jest.SpyInstance,
  ) {}

  static async start(): Promise<TestAgent> {
    const folder = mkdtempSync(join(tmpdir(), 'cli-'));
    const port = await freePort();
    const config = join(folder, 'agent.hcl');
    writeFileSync(
      config,
      `ports { http = ${port} dns = 0 grpc = 0 server = 0 serf_lan = 0 serf_wan = -1 }\nnode_name = "here"\n`,
    );
    const silence = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
    const ended = runAgent(['-dev', '-log-level=err', `-config-file=${config}`]);
    const agent = new TestAgent(`127.0.0.1:${port}`, folder, ended, silence);
    await agent.until(async () => (await agent.get('/v1/status/leader')) !== '""');
    await agent.until(async () => (await agent.get('/v1/catalog/nodes')).includes('here'));
    return agent;
  }

  /** Runs one command line to its end. */
  async run(...argv: string[]): Promise<Outcome> {
    const { terminal, ended } = this.begin(...argv);
    const code = await ended;
    return { code, stdout: terminal.stdout, stderr: terminal.stderr };
  }

  /** Starts one command line. */
  begin(...argv: string[]): { readonly terminal: FakeTerminal; readonly ended: Promise<number> } {
    const env = { PATH: process.env['PATH']!, SHELL: '/bin/sh', CONSUL_HTTP_ADDR: this.address };
    const terminal = new FakeTerminal({ env });
    const command = { terminal, ended: run(argv, terminal) };
    this.begun.push(command);
    return command;
  }

  /** A file that does not exist yet. */
  path(name: string): string {
    return join(this.folder, name);
  }

  async get(path: string): Promise<string> {
    return this.ask('GET', path);
  }

  async put(path: string, body = ''): Promise<string> {
    return this.ask('PUT', path, body);
  }

  /** Asks again until it is so; each question takes a round trip or a file, so none is asked in haste. */
  async until(isSo: () => Promise<boolean> | boolean): Promise<void> {
    while (!this.isStopped && !(await isSo())) await new Promise((resolve) => setTimeout(resolve, 10));
  }

  /** Ends the commands that a failed test left behind, then the agent. */
  async stop(): Promise<void> {
    this.isStopped = true;
    for (const { terminal } of this.begun) terminal.pressCtrlC();
    await Promise.all(this.begun.map(({ ended }) => ended));
    await this.put('/v1/agent/leave');
    await this.ended;
    this.silence.mockRestore();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async ask(method: string, path: string, body?: string): Promise<string> {
    try {
      return await (await fetch(`http://${this.address}${path}`, { method, body })).text();
    } catch {
      return '""';
    }
  }
}
