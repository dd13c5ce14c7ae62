import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Startable } from '@tribune/platform';

/** Ports on 127.0.0.1 by which the pieces of one agent reach one another, chosen by the system at start. */
export class LoopbackPorts<Name extends string> implements Startable {
  private readonly ports = new Map<Name, number>();

  constructor(private readonly names: readonly Name[]) {}

  async start(): Promise<void> {
    // All at once, so that the system gives different ones.
    const servers = this.names.map(() => createServer().listen(0, '127.0.0.1'));
    await Promise.all(servers.map((server) => once(server, 'listening')));
    servers.forEach((server, index) => this.ports.set(this.names[index]!, (server.address() as { port: number }).port));
    await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  }

  async stop(): Promise<void> {}

  of(name: Name): number {
    const port = this.ports.get(name);
    if (port === undefined) throw new Error(`the port of ${name} is not chosen yet`);
    return port;
  }

  address(name: Name): string {
    return `127.0.0.1:${this.of(name)}`;
  }
}
