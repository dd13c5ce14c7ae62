import { createSocket, type Socket as Datagrams } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { Links, Place } from './links';
import { socketOwner } from './socket-owner';

export interface ProxiedServer {
  readonly pid: () => number | undefined;
  readonly ports: { readonly serf_lan: number; readonly server: number };
}

interface Connection {
  readonly from: number;
  readonly to: number;
  readonly near: Socket;
  readonly far: Socket;
}

/**
 * Each server binds one loopback address and advertises another, where a relay stands. The relay knows who connects by
 * the process that owns the socket. A cut link keeps its connections open and swallows nothing of TCP: what was sent
 * comes late, after healing, as after a real partition. Needs Linux, but no rights and no tools.
 */
export class ProxiedLinks implements Links {
  private readonly network = `127.${1 + Math.floor(Math.random() * 250)}.${Math.floor(Math.random() * 256)}`;
  private readonly cuts = new Set<string>();
  private readonly connections = new Set<Connection>();
  private readonly listeners: Server[] = [];
  private readonly datagrams: Datagrams[] = [];
  private servers: readonly ProxiedServer[] = [];

  place(i: number): Place {
    return { bind: `${this.network}.${1 + i}`, advertise: `${this.network}.${101 + i}`, prefix: [] };
  }

  async open(servers: readonly ProxiedServer[]): Promise<void> {
    this.servers = servers;
    for (const [i, { ports }] of servers.entries()) {
      for (const port of [ports.server, ports.serf_lan]) await this.listen(i, port);
      await this.relayDatagrams(i, ports.serf_lan);
    }
  }

  cut(from: number, to: number): void {
    this.cuts.add(`${from}>${to}`);
    this.review();
  }

  heal(): void {
    this.cuts.clear();
    this.review();
  }

  async close(): Promise<void> {
    for (const { near, far } of this.connections) {
      near.destroy();
      far.destroy();
    }
    for (const socket of this.datagrams) socket.close();
    await Promise.all(this.listeners.map((listener) => new Promise((done) => listener.close(done))));
  }

  private async listen(to: number, port: number): Promise<void> {
    const listener = createServer({ allowHalfOpen: true }, (near) => this.accept(near, to, port));
    this.listeners.push(listener);
    await once(listener.listen(port, this.place(to).advertise), 'listening');
  }

  private accept(near: Socket, to: number, port: number): void {
    near.on('error', () => undefined);
    const from = socketOwner(
      this.servers.map(({ pid }) => pid()),
      near.remotePort ?? 0,
      port,
    );
    if (from === undefined) return void near.destroy();
    const far = connect({ host: this.place(to).bind, port, allowHalfOpen: true, noDelay: true });
    near.setNoDelay(true);
    const connection: Connection = { from, to, near, far };
    this.connections.add(connection);
    forward(near, far);
    forward(far, near);
    const closed = (): void => {
      this.connections.delete(connection);
      near.destroy();
      far.destroy();
    };
    // The end of one side is news, too: it does not pass a cut link.
    near.on('close', () => this.whenOpen(connection, closed));
    far.on('close', () => this.whenOpen(connection, closed));
    this.apply(connection);
  }

  private whenOpen(connection: Connection, run: () => void): void {
    if (!this.isCut(connection.from, connection.to) && !this.isCut(connection.to, connection.from)) run();
  }

  private review(): void {
    for (const connection of this.connections) {
      this.apply(connection);
      const { near, far } = connection;
      if (near.destroyed || far.destroyed) {
        this.whenOpen(connection, () => {
          this.connections.delete(connection);
          near.destroy();
          far.destroy();
        });
      }
    }
  }

  private apply({ from, to, near, far }: Connection): void {
    hold(near, this.isCut(from, to));
    hold(far, this.isCut(to, from));
  }

  private isCut(from: number, to: number): boolean {
    return this.cuts.has(`${from}>${to}`);
  }

  /** A packet leaves again from the address its sender advertises, so that answers find their way. */
  private async relayDatagrams(to: number, port: number): Promise<void> {
    const socket = createSocket('udp4');
    this.datagrams.push(socket);
    socket.on('error', () => undefined);
    socket.on('message', (packet, { address }) => {
      const from = this.servers.findIndex((_server, i) => this.place(i).bind === address);
      if (from < 0 || this.isCut(from, to)) return;
      this.datagrams[from]?.send(packet, port, this.place(to).bind);
    });
    socket.bind(port, this.place(to).advertise);
    await once(socket, 'listening');
  }
}

/** Bytes in order, with back-pressure, until held. */
function forward(source: Socket, sink: Socket): void {
  source.on('error', () => undefined);
  source.on('data', (chunk: Buffer) => {
    if (sink.destroyed || sink.write(chunk)) return;
    source.pause();
    sink.once('drain', () => held.has(source) || source.resume());
  });
  source.on('end', () => sink.end());
}

const held = new WeakSet<Socket>();

function hold(source: Socket, isHeld: boolean): void {
  if (isHeld) {
    held.add(source);
    source.pause();
  } else if (held.delete(source)) source.resume();
}
