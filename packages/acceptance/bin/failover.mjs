#!/usr/bin/env node
// Time without writes when the leader of three servers is killed (-9), by default settings, on loopback.
//   node bin/failover.mjs --bin '<binary>' [--beside '<binary>'] [--rounds 5] [--base 23000] [--multiplier 5] [--explain 400]
//     [--fault kill|stop|all]
// `stop`: it is stopped (SIGSTOP) instead, asked for the write that the next leader took, and continued: a 404 is a stale
// answer. `all`: all three are killed and started again at once, from which moment on the time counts.
// A writer tries each surviving server every 20 ms, one try at a time; the dead server is started again each round.
// It also checks that every acknowledged write is there at the end of each round. `--beside` takes turns with another
// program on ports of its own; `--explain` prints what the writer and the servers said in rounds that took longer (ms).
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';

const { values: options } = parseArgs({
  options: {
    bin: { type: 'string' },
    beside: { type: 'string' },
    rounds: { type: 'string', default: '5' },
    base: { type: 'string', default: '23000' },
    multiplier: { type: 'string' },
    explain: { type: 'string' },
    fault: { type: 'string', default: 'kill' },
  },
});
if (!['kill', 'stop', 'all'].includes(options.fault))
  throw new Error(`--fault ${options.fault} is none of kill, stop, all`);
const SERVERS = [0, 1, 2];
/** What was sent on to a stopped leader is not answered: the next try must not wait for it. */
const WRITE_PATIENCE_MS = options.fault === 'stop' ? 200 : 1_000;
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Three servers of one program. */
class Pool {
  gaps = [];
  acknowledged = new Set();
  lost = 0;
  stale = 0;
  #processes = [];
  #written = 0;
  #folder = fs.mkdtempSync(path.join(os.tmpdir(), 'failover-'));

  constructor(name, binary, base) {
    Object.assign(this, { name, binary: binary.split(' '), base });
    process.on('exit', () => this.#processes.forEach((_, i) => this.#kill(i)));
  }

  async start() {
    const began = performance.now();
    for (const i of SERVERS) this.#launch(i);
    while (!(await this.#put(0, 'up'))) {
      if (performance.now() - began > 60_000) throw new Error(`${this.name}: no leader; ${this.#folder}`);
      await sleep(50);
    }
    console.log(`${this.name}: first write after ${((performance.now() - began) / 1000).toFixed(2)} s`);
  }

  async round(number) {
    await this.#settled();
    const leader = await this.#leader();
    const live = options.fault === 'all' ? SERVERS : SERVERS.filter((i) => i !== leader);
    for (let k = 0; k < 20; k++) await this.#write(live[k % live.length]);
    const steps = [];
    const wallMs = Date.now();
    await this.#strike(leader);
    const began = performance.now();
    for (let attempt = 0; ; attempt++) {
      const asked = performance.now();
      const server = live[attempt % live.length];
      const done = await this.#write(server, (answer) =>
        steps.push(`${ms(asked - began)} s${server} ${ms(performance.now() - asked)} ms: ${answer}`),
      );
      if (done) break;
      await sleep(20);
      if (performance.now() - began > 60_000) throw new Error(`${this.name}: no new leader in 60 s`);
    }
    const gap = performance.now() - began;
    this.gaps.push(gap);
    if (options.fault === 'stop') await this.#resume(leader);
    const missing = await this.#missing(live[0]);
    this.lost += missing;
    console.log(
      `${this.name}, round ${number}: ${options.fault}, leader s${leader}, next write after ${ms(gap)} ms, ` +
        `acknowledged ${this.acknowledged.size}, lost ${missing}`,
    );
    if (options.explain && this === pools[0] && gap > Number(options.explain)) this.#explain(live, wallMs, gap, steps);
    if (options.fault === 'kill') this.#launch(leader);
  }

  summary() {
    const sorted = [...this.gaps].sort((a, b) => a - b);
    const at = (share) => ms(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]);
    return `${this.name}: n ${sorted.length}, p50 ${at(0.5)} ms, p90 ${at(0.9)}, p99 ${at(0.99)}, slowest ${sorted.slice(-4).map(ms)}, lost ${this.lost} of ${this.acknowledged.size}, stale ${this.stale}`;
  }

  async #strike(leader) {
    if (options.fault === 'stop') return process.kill(-this.#processes[leader].pid, 'SIGSTOP');
    const struck = options.fault === 'all' ? SERVERS : [leader];
    const gone = struck.map((i) => new Promise((resolve) => this.#processes[i].once('exit', resolve)));
    for (const i of struck) this.#kill(i);
    if (options.fault !== 'all') return undefined;
    await Promise.all(gone);
    for (const i of SERVERS) this.#launch(i);
  }

  /** What is asked of it while it stands still waits in its sockets, and is newer than all that it knows. */
  async #resume(leader) {
    const newest = [...this.acknowledged].at(-1);
    const answer = this.#ask(leader, 'GET', `/v1/kv/${newest}`, undefined, 30_000);
    await sleep(200);
    process.kill(-this.#processes[leader].pid, 'SIGCONT');
    if ((await answer).status === 404) this.stale++;
  }

  #launch(i) {
    const folder = path.join(this.#folder, `s${i}`);
    fs.mkdirSync(folder, { recursive: true });
    const port = this.base + i * 10;
    const configuration = {
      server: true,
      bootstrap_expect: SERVERS.length,
      data_dir: path.join(folder, 'data'),
      node_name: `s${i}`,
      bind_addr: '127.0.0.1',
      client_addr: '127.0.0.1',
      log_level: options.explain ? 'info' : 'warn',
      retry_join: SERVERS.map((j) => `127.0.0.1:${this.base + j * 10 + 2}`),
      retry_interval: '1s',
      ports: { http: port, dns: port + 1, grpc: -1, serf_lan: port + 2, serf_wan: port + 3, server: port + 4 },
      ...(options.multiplier ? { performance: { raft_multiplier: Number(options.multiplier) } } : {}),
    };
    const file = path.join(folder, 'agent.json');
    fs.writeFileSync(file, JSON.stringify(configuration));
    const log = fs.openSync(path.join(folder, 'log'), 'a');
    const [command, ...words] = this.binary;
    this.#processes[i] = spawn(command, [...words, 'agent', `-config-file=${file}`], {
      stdio: ['ignore', log, log],
      detached: true,
    });
  }

  #kill(i) {
    try {
      process.kill(-this.#processes[i].pid, 'SIGKILL');
    } catch {
      // It has ended already.
    }
  }

  async #settled() {
    for (;;) {
      const answers = await Promise.all(SERVERS.map((i) => this.#ask(i, 'GET', '/v1/kv/up')));
      if (answers.every(({ status }) => status === 200)) break;
      await sleep(200);
    }
    await sleep(3000);
  }

  async #leader() {
    for (;;) {
      const address = JSON.parse((await this.#ask(0, 'GET', '/v1/status/leader')).body || '""');
      const leader = SERVERS.find((i) => address.endsWith(`:${this.base + i * 10 + 4}`));
      if (leader !== undefined) return leader;
      await sleep(100);
    }
  }

  async #write(server, tell = () => undefined) {
    const key = `w${this.#written++}`;
    const done = await this.#put(server, key, tell);
    if (done) this.acknowledged.add(key);
    return done;
  }

  async #put(server, key, tell = () => undefined) {
    const { status, body } = await this.#ask(server, 'PUT', `/v1/kv/${key}`, 'x', WRITE_PATIENCE_MS);
    tell(`${status} ${body.trim()}`);
    return status === 200 && body.trim() === 'true';
  }

  /** Keys that a server says it does not have; one that gives no answer is asked again. */
  async #missing(server) {
    let missing = 0;
    for (const key of this.acknowledged) {
      let status = 0;
      while (status !== 200 && status !== 404) {
        ({ status } = await this.#ask(server, 'GET', `/v1/kv/${key}?consistent`, undefined, 5000));
      }
      if (status === 404) missing++;
    }
    return missing;
  }

  #ask(server, method, target, body, timeout = 1000) {
    const to = { host: '127.0.0.1', port: this.base + server * 10, method, path: target, timeout, agent: false };
    return new Promise((resolve) => {
      const request = http.request(to, (response) => {
        let text = '';
        response.on('data', (chunk) => (text += chunk));
        response.on('end', () => resolve({ status: response.statusCode, body: text }));
      });
      request.on('timeout', () => request.destroy(new Error(`no answer in ${timeout} ms`)));
      request.on('error', (error) => resolve({ status: 0, body: error.message }));
      request.end(body);
    });
  }

  #explain(live, wallMs, gap, steps) {
    for (const step of steps) console.log(`    writer ${step}`);
    for (const i of live) {
      for (const line of fs.readFileSync(path.join(this.#folder, `s${i}`, 'log'), 'utf8').split('\n')) {
        const stamp = /\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-][\d:]+)/.exec(line)?.[0] ?? '';
        const at = Date.parse(stamp) - wallMs;
        if (at > -500 && at < gap + 100) console.log(`    s${i} ${at} ${line.replace(stamp, '').slice(0, 200)}`);
      }
    }
  }
}

const ms = (value) => value.toFixed(0);

for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));
const base = Number(options.base);
const pools = [new Pool('tribune', options.bin, base)];
if (options.beside) pools.push(new Pool('beside', options.beside, base + 100));
for (const pool of pools) await pool.start();
for (let round = 1; round <= Number(options.rounds); round++) for (const pool of pools) await pool.round(round);
for (const pool of pools) console.log(pool.summary());
console.log(`load ${os.loadavg().map((value) => value.toFixed(1))}, ${os.cpus().length} processors`);
process.exit(pools.some(({ lost, stale }) => lost + stale > 0) ? 1 : 0);
