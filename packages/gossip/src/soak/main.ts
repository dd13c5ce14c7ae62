import { soakIdle } from './idle';

/** Long runs with real processes: `node dist/soak/main.js <run> [key=value…]`. They need Linux's /proc. */
const RUNS: Readonly<Record<string, (given: Given) => Promise<void>>> = {
  idle: (given) => soakIdle(given.number('agents', 50), given.number('minutes', 30), given.profile()),
};

class Given {
  private readonly values: ReadonlyMap<string, string>;

  constructor(pairs: readonly string[]) {
    this.values = new Map(pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]));
  }

  number(name: string, otherwise: number): number {
    const value = Number(this.values.get(name) ?? otherwise);
    if (!(value > 0)) throw new Error(`${name}=${this.values.get(name)}: a positive number`);
    return value;
  }

  profile(): readonly string[] {
    return [`--profile=${this.values.get('profile') ?? 'lan'}`];
  }
}

async function main([name = '', ...pairs]: readonly string[]): Promise<void> {
  const run = RUNS[name];
  if (!run) throw new Error(`usage: soak ${Object.keys(RUNS).join('|')} [key=value…]`);
  await run(new Given(pairs));
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
