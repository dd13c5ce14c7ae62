#!/usr/bin/env node
// Time without writes when the leader of three servers is killed (-9), by default settings, on loopback.
//   node bin/failover.mjs --bin '<binary>' [--rounds 5] [--base 23000] [--multiplier 5]
// A writer tries each surviving server every 20 ms, one try at a time; the dead server is started again each round.
// It also checks that every acknowledged write is there at the end of each round.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';

const arg = (n, d) => {
  const i = process.argv.indexOf('--' + n);
  return i < 0 ? d : process.argv[i + 1];
};
const rounds = +arg('rounds', 5),
  base = +arg('base', 23000),
  mult = arg('multiplier', '');
const tmp = fs.mkdtempSync(path.join(os.tmpdir(), 'fo-'));
const sleep = (ms) => new Promise((r) => setTimeout(r, ms));
const req = (i, method, p, body, timeout = 1000) =>
  new Promise((res) => {
    const q = http.request({ host: '127.0.0.1', port: base + i * 10, method, path: p, timeout, agent: false }, (s) => {
      let b = '';
      s.on('data', (d) => (b += d));
      s.on('end', () => res({ status: s.statusCode, body: b }));
    });
    q.on('timeout', () => q.destroy());
    q.on('error', () => res({ status: 0, body: '' }));
    q.end(body);
  });
const procs = [];
function start(i) {
  const dir = path.join(tmp, 's' + i);
  fs.mkdirSync(dir, { recursive: true });
  const cfg = {
    server: true,
    bootstrap_expect: 3,
    data_dir: path.join(dir, 'data'),
    node_name: 's' + i,
    bind_addr: '127.0.0.1',
    client_addr: '127.0.0.1',
    log_level: 'warn',
    retry_join: [0, 1, 2].map((j) => `127.0.0.1:${base + j * 10 + 2}`),
    retry_interval: '1s',
    ports: {
      http: base + i * 10,
      dns: base + i * 10 + 1,
      grpc: -1,
      serf_lan: base + i * 10 + 2,
      serf_wan: base + i * 10 + 3,
      server: base + i * 10 + 4,
    },
    ...(mult ? { performance: { raft_multiplier: +mult } } : {}),
  };
  fs.writeFileSync(path.join(dir, 'a.json'), JSON.stringify(cfg));
  const log = fs.openSync(path.join(dir, 'log'), 'a');
  const argv = arg('bin').split(' ');
  procs[i] = spawn(argv[0], [...argv.slice(1), 'agent', '-config-file=' + path.join(dir, 'a.json')], {
    stdio: ['ignore', log, log],
    detached: true,
  });
}
process.on('exit', () =>
  procs.forEach((p) => {
    try {
      process.kill(-p.pid, 'SIGKILL');
    } catch {}
  }),
);
for (let i = 0; i < 3; i++) start(i);
const put = async (i, k, v) => {
  const r = await req(i, 'PUT', '/v1/kv/' + k, v);
  return r.status === 200 && r.body.trim() === 'true';
};
const t0 = performance.now();
for (;;) {
  if (await put(0, 'up', '1')) break;
  await sleep(50);
  if (performance.now() - t0 > 60000) throw new Error('no leader; ' + tmp);
}
console.log(`3 servers up, first write after ${((performance.now() - t0) / 1000).toFixed(2)} s`);
const gaps = [];
const acked = new Set();
let n = 0;
for (let r = 0; r < rounds; r++) {
  for (;;) {
    const ok = [];
    for (let i = 0; i < 3; i++) ok.push((await req(i, 'GET', '/v1/kv/up')).status === 200);
    if (ok.every(Boolean)) break;
    await sleep(200);
  }
  await sleep(3000);
  let leader = -1;
  while (leader < 0) {
    const l = JSON.parse((await req(0, 'GET', '/v1/status/leader')).body || '""');
    leader = [0, 1, 2].findIndex((i) => l.endsWith(':' + (base + i * 10 + 4)));
    if (leader < 0) await sleep(100);
  }
  const live = [0, 1, 2].filter((i) => i !== leader);
  for (let k = 0; k < 20; k++) {
    const key = `w${n++}`;
    if (await put(live[k % 2], key, 'x')) acked.add(key);
  }
  process.kill(-procs[leader].pid, 'SIGKILL');
  const t = performance.now();
  for (let j = 0; ; j++) {
    const key = `w${n++}`;
    if (await put(live[j % 2], key, 'x')) {
      acked.add(key);
      break;
    }
    await sleep(20);
    if (performance.now() - t > 60000) throw new Error('no new leader in 60 s');
  }
  gaps.push(performance.now() - t);
  let lost = 0;
  for (const k of acked)
    if ((await req(live[0], 'GET', '/v1/kv/' + k + '?consistent', undefined, 5000)).status !== 200) lost++;
  console.log(
    `round ${r + 1}: leader s${leader} killed, next write after ${gaps.at(-1).toFixed(0)} ms, acknowledged ${acked.size}, lost ${lost}`,
  );
  if (lost) process.exitCode = 1;
  start(leader);
}
gaps.sort((a, b) => a - b);
console.log(`median ${gaps[gaps.length >> 1].toFixed(0)} ms, max ${gaps.at(-1).toFixed(0)} ms`);
process.exit();
