'use strict';
/**
 * What a snapshot of a large state costs those who write meanwhile, and what reading it back costs. Uses dist/.
 * `node --expose-gc bench/snapshot-cost.cjs [keys] [value bytes]` (default 1,000,000 keys of 64 bytes)
 */
const { mkdtempSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const { PerformanceObserver, constants } = require('node:perf_hooks');
const { silentLogger, systemClock, systemRandom } = require('@tribune/platform');
const { encodeCommand } = require('@tribune/state-store');
const { RaftNode } = require('../dist/node/raft-node');
const { ReplicatedState } = require('../dist/server/replicated-state');
const { FileSnapshotStore } = require('../dist/storage/file-snapshot-store');
const { LevelLogStore } = require('../dist/storage/level-log-store');
const { EventLoopHolds, text } = require('./event-loop-holds.cjs');

const KEYS = Number(process.argv[2] ?? 1_000_000);
const VALUE = Buffer.alloc(Number(process.argv[3] ?? 64), 'v');
const WRITERS = 64;
const MEASURE_MS = 8_000;

const noPeers = { attach() {}, setPeers() {}, send() {}, async sendSnapshot() {}, async start() {}, async stop() {} };
let written = 0;
/** Never the same value twice: an equal write would change nothing. */
const set = (i) => {
  VALUE.writeUInt32BE(++written, 0);
  return encodeCommand({ type: 'kv', operation: { verb: 'set', key: `bench/key-${i}`, value: VALUE, flags: 0n } });
};
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

let gcMs = 0;
let gcMaxMs = 0;
new PerformanceObserver((list) => {
  for (const { duration, detail } of list.getEntries()) {
    if (detail.kind === constants.NODE_PERFORMANCE_GC_MINOR && duration < 1) continue;
    gcMs += duration;
    gcMaxMs = Math.max(gcMaxMs, duration);
  }
}).observe({ entryTypes: ['gc'] });

function open(directory) {
  const state = new ReplicatedState(systemClock);
  const node = new RaftNode(
    { id: 'a', address: '127.0.0.1:1', snapshotThreshold: 1e9, snapshotThresholdBytes: 1e12, freeBytesMin: 0 },
    {
      logStore: new LevelLogStore({ directory: join(directory, 'log'), serverId: 'a' }),
      snapshotStore: new FileSnapshotStore(join(directory, 'snapshots'), silentLogger),
      transport: noPeers,
      stateMachine: state,
      clock: systemClock,
      random: systemRandom,
      logger: silentLogger,
    },
  );
  return { node, state };
}

/** Runs `work` while writers write; says how fast, and how long the event loop was held. */
async function measure(name, node, work) {
  const holds = new EventLoopHolds();
  let isOver = false;
  let writes = 0;
  gcMs = gcMaxMs = 0;
  const writer = async (id) => {
    for (let i = id; !isOver; i += WRITERS) {
      const { kind } = await node.propose(set(i % KEYS));
      if (kind !== 'applied') throw new Error(kind);
      writes++;
    }
  };
  holds.start();
  const startedMs = performance.now();
  const writers = node ? Array.from({ length: WRITERS }, (_, id) => writer(id)) : [];
  await work();
  const tookMs = performance.now() - startedMs;
  isOver = true;
  const { own, wall, longest } = holds.stop();
  await Promise.all(writers);
  const rate = Math.round((writes / tookMs) * 1000);
  const rssMib = (process.memoryUsage.rss() / 2 ** 20).toFixed(0);
  console.log(
    `${name}: ${(tookMs / 1000).toFixed(1)} s, ${rate} writes/s; event loop held, p50 / p99 / p99.9 / max ms: ` +
      `${text(own)} by this process, ${text(wall)} with the time given to others; ` +
      `gc ${gcMs.toFixed(0)} ms in all, longest ${gcMaxMs.toFixed(1)} ms; rss ${rssMib} MiB`,
  );
  if (process.env.HOLDS)
    console.log(
      longest
        .map(({ atMs, own, wall, slept }) => {
          const [held, all, asleep] = [own, wall, slept].map((ms) => ms.toFixed(0));
          return `  at ${atMs} ms: ${held} of ${all} ms, of these ${asleep} asleep`;
        })
        .join('\n'),
    );
  return rate;
}

async function main() {
  const directory = mkdtempSync(join(tmpdir(), 'snapshot-cost-'));
  try {
    const { node, state } = open(directory);
    await node.start();
    await node.bootstrap([{ id: 'a', address: '127.0.0.1:1' }]);
    while (node.status().role !== 'leader') await pause(5);
    for (let i = 0; i < KEYS; i += 2_000) {
      await Promise.all(Array.from({ length: Math.min(2_000, KEYS - i) }, (_, k) => node.propose(set(i + k))));
    }
    console.log(`${state.machine.view.tables.kv.size} keys`);
    globalThis.gc?.();
    const alone = await measure('writes alone', node, () => pause(MEASURE_MS));
    const during = await measure('writes during a snapshot', node, () => node.takeSnapshot());
    console.log(`rate during the snapshot: ${((100 * during) / alone).toFixed(0)} %`);
    await node.stop();
    const again = open(directory);
    globalThis.gc?.();
    await measure('start from the snapshot', undefined, () => again.node.start());
    console.log(`${again.state.machine.view.tables.kv.size} keys`);
    await again.node.stop();
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

main().then(
  () => process.exit(0),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
