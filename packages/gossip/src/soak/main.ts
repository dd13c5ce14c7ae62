import { randomBytes } from 'node:crypto';
import { PROFILES, type ProfileName } from '../config/profiles';
import { soakBesideStock } from './beside-stock';
import { soakCrash } from './crash';
import { soakIdle } from './idle';
import { soakKeyChange } from './key-change';
import { soakLoss } from './loss';
import { soakRubbish } from './rubbish';

/** Long runs with real processes: `node dist/soak/main.js <run> [key=value…]`. `idle` needs Linux's /proc. */
const RUNS: Readonly<Record<string, (given: Given) => Promise<void>>> = {
  idle: (given) => soakIdle(given.number('agents', 50), given.number('minutes', 30), [`--profile=${given.profile()}`]),
  crash: (given) => soakCrash(given.number('agents', 50), given.number('killed', 10), given.profile()),
  loss: (given) => soakLoss(given.number('agents', 8), given.number('minutes', 10), given.profile()),
  'key-change': (given) => soakKeyChange(given.number('agents', 8), given.number('changes', 100), given.profile()),
  serf: (given) => soakBesideStock('serf', given.number('minutes', 10), given.key(), [`--profile=${given.profile()}`]),
  consul: (given) =>
    soakBesideStock('consul', given.number('minutes', 10), given.key(), [`--profile=${given.profile()}`]),
  rubbish: (given) => soakRubbish(given.number('packets', 1_000_000)),
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

  /** `encrypted=1`: the pool has a key. */
  key(): string | undefined {
    return this.values.has('encrypted') ? randomBytes(32).toString('base64') : undefined;
  }

  profile(): ProfileName {
    const profile = this.values.get('profile') ?? 'brisk';
    if (!(profile in PROFILES)) throw new Error(`profile=${profile}: one of ${Object.keys(PROFILES).join(', ')}`);
    return profile as ProfileName;
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
