import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '@tribune/testkit';
import { Child, ROOT } from './child';
import { HttpClient } from './http';
import { freePorts } from './ports';

export const PIECES = ['gossip', 'raft-core', 'health-runner', 'catalog-api', 'dns-gateway'] as const;
export type PieceName = (typeof PIECES)[number];

/** Every port that the example files name. */
const EXAMPLE_PORT = /\b(8[3-6]\d\d)\b/g;

/**
 * The five pieces as operating-system processes that know each other by gRPC addresses alone, started from the example
 * files in deploy/pieces. Only ports and the data folder are moved aside, so that the test owns them.
 */
export class Pieces {
  private readonly children = new Map<PieceName, Child>();

  private constructor(
    private readonly folder: string,
    private readonly ports: ReadonlyMap<string, number>,
  ) {}

  static async create(): Promise<Pieces> {
    const named = new Set(
      PIECES.flatMap((piece) => [...exampleOf(piece).matchAll(EXAMPLE_PORT)].map(([port]) => port)),
    );
    const free = await freePorts(named.size);
    return new Pieces(
      mkdtempSync(join(tmpdir(), 'tribune-pieces-')),
      new Map([...named].map((port, i) => [port, free[i]!])),
    );
  }

  /** Where the port that the example files call `example` is in this run. */
  port(example: number): number {
    return this.ports.get(String(example))!;
  }

  start(piece: PieceName): void {
    this.children.set(
      piece,
      new Child(piece, [join(ROOT, 'packages', piece, 'dist/main.js')], this.environmentOf(piece)),
    );
  }

  async ready(piece: PieceName): Promise<void> {
    const admin = new HttpClient(Number(this.environmentOf(piece).TRIBUNE_ADMIN_ADDRESS!.split(':')[1]));
    await eventually(`${piece} is ready`, async () => {
      const child = this.children.get(piece)!;
      if (!child.running) throw new Error(`${piece} ended:\n${child.output}`);
      return (await admin.send('GET', '/readyz')).status === 200;
    }).finally(() => admin.close());
  }

  async kill(piece: PieceName): Promise<void> {
    await this.children.get(piece)!.stop('SIGKILL');
  }

  child(piece: PieceName): Child {
    return this.children.get(piece)!;
  }

  async dispose(): Promise<void> {
    for (const piece of [...PIECES].reverse()) await this.children.get(piece)?.stop('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }

  private environmentOf(piece: PieceName): Record<string, string> {
    const moved = exampleOf(piece)
      .replace(EXAMPLE_PORT, (port) => String(this.ports.get(port)))
      .replaceAll('/var/lib/tribune', this.folder);
    const lines = moved.split('\n').filter((line) => line && !line.startsWith('#'));
    return Object.fromEntries(
      lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
    );
  }
}

function exampleOf(piece: PieceName): string {
  return readFileSync(join(ROOT, 'deploy/pieces', `${piece}.env`), 'utf8');
}
