'use strict';
/**
 * How much disk a server takes that writes much more than its state is large. Uses dist/.
 * `node bench/disk-space.cjs [MiB to write]` (default 5,120, through a state of 50 MiB); fails over 400 MiB.
 */
const { mkdtempSync, readdirSync, rmSync, statSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const { silentLogger, systemClock, systemRandom } = require('@tribune/platform');
const { encodeCommand } = require('@tribune/state-store');
const { RaftNode } = require('../dist/node/raft-node');
const { ReplicatedState } = require('../dist/server/replicated-state');
const { FileSnapshotStore } = require('../dist/storage/file-snapshot-store');
const { LevelLogStore } = require('../dist/storage/level-log-store');
const { EventLoopHolds, text } = require('./event-loop-holds.cjs');

const MIB = 2 ** 20;
const TOTAL_MIB = Number(process.argv[2] ?? 5120);
const VALUE_BYTES = 64 * 1024;
const KEYS = (50 * MIB) / VALUE_BYTES;
const LIMIT_MIB = 400;

const noPeers = { attach() {}, setPeers() {}, send() {}, async sendSnapshot() {}, async start() {}, async stop() {} };
const size = (path) => {
  try {
    const stat = statSync(path);
    return stat.isDirectory() ? readdirSync(path).reduce((sum, name) => sum + size(join(path, name)), 0) : stat.size;
  } catch {
    return 0; // Gone between listing and looking.
  }
};

/** A server whose disk does not keep up says so, and the write is sent again, as every client does. */
async function write(node, command) {
  for (;;) {
    const { kind, reason, retryable } = await node.propose(command);
    if (kind === 'applied') return;
    if (!retryable) throw new Error(`${kind}: ${reason}`);
  }
}

async function main() {
  const directory = mkdtempSync(join(tmpdir(), 'disk-space-'));
  const node = new RaftNode(
    { id: 'a', address: '127.0.0.1:1', freeBytesMin: 0 },
    {
      logStore: new LevelLogStore({ directory: join(directory, 'log'), serverId: 'a' }),
      snapshotStore: new FileSnapshotStore(join(directory, 'snapshots'), silentLogger),
      transport: noPeers,
      stateMachine: new ReplicatedState(systemClock),
      clock: systemClock,
      random: systemRandom,
      logger: silentLogger,
    },
  );
  let peak = { all: 0, log: 0, snapshots: 0 };
  const sampler = setInterval(() => {
    const [log, snapshots] = ['log', 'snapshots'].map((name) => size(join(directory, name)));
    if (log + snapshots > peak.all) peak = { all: log + snapshots, log, snapshots };
  }, 100);
  const holds = new EventLoopHolds();
  try {
    await node.start();
    await node.bootstrap([{ id: 'a', address: '127.0.0.1:1' }]);
    while (node.status().role !== 'leader') await new Promise((resolve) => setTimeout(resolve, 5));
    const startedMs = performance.now();
    holds.start();
    const writes = (TOTAL_MIB * MIB) / VALUE_BYTES;
    for (let i = 0; i < writes; i += 32) {
      const batch = Array.from({ length: 32 }, (_, k) => {
        const value = Buffer.alloc(VALUE_BYTES, i + k);
        const operation = { verb: 'set', key: `k${(i + k) % KEYS}`, value, flags: 0n };
        return write(node, encodeCommand({ type: 'kv', operation }));
      });
      await Promise.all(batch);
    }
    const seconds = (performance.now() - startedMs) / 1000;
    const mib = (bytes) => (bytes / MIB).toFixed(0);
    const { own, wall, longest } = holds.stop();
    console.log(
      `${TOTAL_MIB} MiB written in ${seconds.toFixed(0)} s through a state of 50 MiB: ` +
        `the folder took at most ${mib(peak.all)} MiB (log ${mib(peak.log)}, snapshots ${mib(peak.snapshots)}), ` +
        `${mib(size(directory))} MiB at the end; event loop held, p50 / p99 / p99.9 / max ms: ` +
        `${text(own)} by this process, ${text(wall)} with the time given to others`,
    );
    if (process.env.HOLDS) console.log(longest);
    await node.stop();
    if (peak.all > LIMIT_MIB * MIB) throw new Error(`more than ${LIMIT_MIB} MiB`);
  } finally {
    clearInterval(sampler);
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
