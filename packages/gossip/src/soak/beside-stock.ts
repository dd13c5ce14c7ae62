import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sleep, systemClock } from '@tribune/platform';
import { AgentProcess } from './agent-process';
import { startProcessPool, watchFailures } from './process-pool';
import { StockConsul } from './stock-consul';
import { StockAgent } from './stock-serf';

/** A process that somebody else wrote, or one of ours, as this run sees it. */
interface Peer {
  readonly name: string;
  statusOf(name: string): Promise<string | undefined>;
  kill(): Promise<void>;
}

interface Stranger extends Peer {
  /** How often its log holds this. */
  count(pattern: RegExp): number;
  /** After a `kill`, at the same address. */
  again(): Promise<Stranger>;
}

export type StockKind = 'serf' | 'consul';

const OURS = 3;
const STOCK_SERFS = 3;
const LOOK_MS = 100;
/** memberlist says so, in both. */
const SUSPECTED = /Suspect \S+ has failed/g;
const FAILED = /EventMemberFailed/g;

const print = (...cells: readonly (string | number)[]): void => void process.stdout.write(`| ${cells.join(' | ')} |\n`);

/** One pool of ours and stock agents: nobody suspects anybody for minutes; then one dies on each side, and comes back. */
export async function soakBesideStock(
  kind: StockKind,
  minutes: number,
  key: string | undefined,
  args: readonly string[],
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'tribune-soak-'));
  const encrypt = key === undefined ? [] : [`--encrypt=${key}`];
  const ours = await startProcessPool(OURS, [...args, ...encrypt]);
  let stock: Stranger[] = [];
  try {
    stock = await (kind === 'serf' ? startSerfs(ours[0]!, key) : startConsul(ours[0]!, key, folder));
    await everybodySeesEverybody([...ours, ...stock]);
    await quietMinutes(ours, stock, minutes);
    await crashOnEachSide(ours, stock, [...args, ...encrypt]);
  } finally {
    await Promise.all([...ours, ...stock].map((peer) => peer.kill()));
    await rm(folder, { recursive: true, force: true });
  }
}

async function startSerfs(first: AgentProcess, key: string | undefined): Promise<Stranger[]> {
  const start = async (name: string, port?: number): Promise<Stranger> => {
    const agent = await StockAgent.start(name, first.address, { key, port });
    return Object.assign(agent, { again: () => start(name, agent.port) });
  };
  return Promise.all(Array.from({ length: STOCK_SERFS }, (_, i) => start(`s${i}`)));
}

async function startConsul(first: AgentProcess, key: string | undefined, dataDir: string): Promise<Stranger[]> {
  const consul = await StockConsul.start({ dataDir, join: first.address, key });
  const again = async (): Promise<Stranger> => {
    consul.start();
    return stranger;
  };
  const stranger: Stranger = Object.assign(consul, { again });
  return [stranger];
}

async function quietMinutes(ours: readonly AgentProcess[], stock: readonly Stranger[], minutes: number): Promise<void> {
  const abort = new AbortController();
  let failed = 0;
  const watching = ours.map((agent) => watchFailures(agent, abort.signal, () => (failed += 1)));
  const suspicions = async (): Promise<number> =>
    (await Promise.all(ours.map((agent) => agent.metric('tribune_gossip_suspicions_total')))).reduce((a, b) => a + b);
  const logged = (pattern: RegExp): number => stock.reduce((sum, agent) => sum + agent.count(pattern), 0);
  const before = { ours: await suspicions(), stock: logged(SUSPECTED), failed: logged(FAILED) };
  await Promise.all(ours.map((agent) => agent.longestStallMs()));
  await sleep(systemClock, minutes * 60_000);
  const stalls = await Promise.all(ours.map((agent) => agent.longestStallMs()));
  print('minutes', 'suspicions: ours', 'stock', 'called failed: by ours', 'by stock', 'longest stall of a process');
  const cells = [(await suspicions()) - before.ours, logged(SUSPECTED) - before.stock, failed];
  print(minutes, ...cells, logged(FAILED) - before.failed, `${Math.round(Math.max(...stalls))} ms`);
  abort.abort();
  await Promise.allSettled(watching);
}

/** kill -9 of one of ours and of a stock one; the others of either side are asked until they know. */
async function crashOnEachSide(ours: AgentProcess[], stock: Stranger[], args: readonly string[]): Promise<void> {
  const victim = ours.pop()!;
  const theirs = stock.pop()!;
  // A lone consul cannot be asked about ours when it is dead itself: one after the other.
  await noticed(`kill -9 of ours`, victim, [...ours, ...stock, theirs]);
  await noticed(`kill -9 of a stock one`, theirs, [...ours, ...stock]);
  const rejoin = [`--retry-join=${ours[0]!.address}`, `--lan-port=${victim.ports.lanPort}`];
  ours.push(await AgentProcess.start(victim.name, [...args, ...rejoin]));
  stock.push(await theirs.again());
  const startedAt = performance.now();
  await everybodySeesEverybody([...ours, ...stock]);
  print('both started again', `alive everywhere after ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
}

async function noticed(what: string, victim: Peer, observers: readonly Peer[]): Promise<void> {
  const killedAt = performance.now();
  await victim.kill();
  const times = observers.map(async (observer) => {
    await until(async () => (await observer.statusOf(victim.name)) === 'failed');
    return (performance.now() - killedAt) / 1000;
  });
  const seconds = (await Promise.all(times)).map((time) => time.toFixed(1));
  print(what, ...observers.map(({ name }, i) => `${name} knows after ${seconds[i]} s`));
}

async function everybodySeesEverybody(peers: readonly Peer[]): Promise<void> {
  for (const observer of peers)
    for (const { name } of peers) await until(async () => (await observer.statusOf(name)) === 'alive');
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await sleep(systemClock, LOOK_MS);
}
