/** `node bin/raft.mjs`: who is measured against whom, in turn, and what is printed of it. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startEtcd } from './clusters/etcd-cluster';
import { startLocalNode } from './clusters/local-node';
import { startLocalServer } from './clusters/local-server';
import { openRawLevel } from './clusters/raw-level';
import { startTribune } from './clusters/tribune-cluster';
import { runProposers, type Turn } from './load/proposers';
import type { Target } from './load/target';
import { medianTurn } from './report/medians';
import { table, type Row } from './report/table';

const USAGE = `Consensus alone: 128-byte commands, every acknowledged one synced to disk.
  --proposers 64,1024   concurrent writers, one series for each
  --turns 3             of each target, in turn; the table shows medians
  --seconds 3           measured per turn, after --warm-up 1.5
  --only etcd,single    three servers beside etcd; one server beside raw LevelDB
  --etcd /usr/bin/etcd  the binary; '' leaves etcd out
  --folder DIR          where the data goes: the disk that is measured. Default: a temporary folder
  --node-args ARGS      for Tribune's server processes, e.g. --node-args=--cpu-prof
`;

interface Settings {
  readonly proposers: readonly number[];
  readonly turns: number;
  readonly warmUpMs: number;
  readonly measuredMs: number;
}

export async function main(argv: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      proposers: { type: 'string', default: '64,1024' },
      turns: { type: 'string', default: '3' },
      seconds: { type: 'string', default: '3' },
      'warm-up': { type: 'string', default: '1.5' },
      only: { type: 'string', default: 'etcd,single' },
      etcd: { type: 'string', default: '/usr/bin/etcd' },
      folder: { type: 'string', default: '' },
      'node-args': { type: 'string', default: '' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return void process.stdout.write(USAGE);
  const settings: Settings = {
    proposers: values.proposers.split(',').map(Number),
    turns: Number(values.turns),
    warmUpMs: Number(values['warm-up']) * 1000,
    measuredMs: Number(values.seconds) * 1000,
  };
  const folder = values.folder || mkdtempSync(join(tmpdir(), 'tribune-bench-'));
  const nodeArguments = values['node-args'].split(' ').filter(Boolean);
  const rows: Row[] = [];
  try {
    if (values.only.includes('etcd')) {
      const path = folderOf(folder, 'cluster');
      const rival = values.etcd ? [() => startEtcd(3, path, values.etcd)] : [];
      rows.push(...(await compare('3 servers', [...rival, () => startTribune(3, path, nodeArguments)], settings)));
    }
    if (values.only.includes('single')) {
      const path = folderOf(folder, 'single');
      const rivals = [
        () => openRawLevel(join(path, 'raw')),
        () => startLocalNode(join(path, 'node')),
        () => startLocalServer(join(path, 'server')),
      ];
      rows.push(...(await compare('1 server, in process', rivals, settings)));
    }
  } finally {
    if (!values.folder) rmSync(folder, { recursive: true, force: true });
  }
  process.stdout.write(`${table(rows)}\n`);
}

function folderOf(parent: string, name: string): string {
  const path = join(parent, name);
  mkdirSync(path, { recursive: true });
  return path;
}

/** All run for the whole time and take turns, A B A B; ratios are to the first one. */
async function compare(
  what: string,
  starts: readonly (() => Promise<Target>)[],
  settings: Settings,
): Promise<readonly Row[]> {
  const targets: Target[] = [];
  try {
    for (const start of starts) targets.push(await start());
    const rows: Row[] = [];
    for (const proposers of settings.proposers) {
      rows.push(...(await series(`${what}, ${proposers} proposers`, targets, { ...settings, proposers })));
    }
    return rows;
  } finally {
    await Promise.all(targets.map((target) => target.stop()));
  }
}

async function series(
  setting: string,
  targets: readonly Target[],
  load: Omit<Settings, 'proposers'> & { readonly proposers: number },
): Promise<readonly Row[]> {
  const turns = targets.map((): Turn[] => []);
  for (let turn = 0; turn < load.turns; turn++) {
    for (const [n, target] of targets.entries()) turns[n]!.push(await runProposers(target, load));
  }
  const medians = turns.map(medianTurn);
  const [first] = medians;
  return targets.map((target, n) => ({
    setting,
    target: target.name,
    turn: medians[n]!,
    ratio: n === 0 ? undefined : medians[n]!.perSecond / first!.perSecond,
  }));
}
