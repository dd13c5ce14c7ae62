#!/usr/bin/env node
// `npm run cluster`: three servers and two clients on loopback, each an agent of its own as on five machines. Data stays
// in .tribune/cluster, so a cluster that was killed comes back with everything; `-- --fresh` starts empty. An agent that
// dies is started again after 3 s, as an init system would.
import { closeSync, mkdirSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawnAgent, whenToldToStop } from './lifeline.mjs';
import { root, setup } from './setup.mjs';

const RESTART_MS = 3000;
const folder = join(root, '.tribune/cluster');
const names = ['server-1', 'server-2', 'server-3', 'client-1', 'client-2'];
const portsOf = (i) => {
  const base = 8500 + i * 20;
  return {
    http: base,
    grpc: base + 2,
    dns: base + 3,
    serf_lan: base + 4,
    serf_wan: i < 3 ? base + 5 : -1,
    server: base + 6,
  };
};

function configurationOf(i) {
  const server = i < 3;
  return {
    node_name: names[i],
    server,
    ...(server ? { bootstrap_expect: 3 } : {}),
    data_dir: join(folder, names[i], 'data'),
    bind_addr: '127.0.0.1',
    client_addr: '127.0.0.1',
    retry_join: [0, 1, 2].map((j) => `127.0.0.1:${portsOf(j).serf_lan}`),
    retry_interval: '1s',
    ports: portsOf(i),
  };
}

let stopping = false;
const agents = new Map();

function start(i) {
  const home = join(folder, names[i]);
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, 'agent.json'), JSON.stringify(configurationOf(i), null, 2));
  const log = openSync(join(home, 'log'), 'a');
  const agent = spawnAgent([`-config-file=${join(home, 'agent.json')}`], log);
  closeSync(log);
  agents.set(i, agent);
  agent.on('exit', (code, signal) => {
    agents.delete(i);
    if (stopping) return;
    console.log(`${names[i]} ended (${signal ?? `exit ${code}`}); it starts again in ${RESTART_MS / 1000} s`);
    setTimeout(() => stopping || (start(i), console.log(`${names[i]} is back, pid ${agents.get(i).pid}`)), RESTART_MS);
  });
}

function describe() {
  console.log('\nagent      pid      HTTP                     DNS    log');
  for (const [i, name] of names.entries()) {
    const { http, dns } = portsOf(i);
    console.log(
      `${name}   ${String(agents.get(i)?.pid).padEnd(8)} http://127.0.0.1:${http}    ${dns}   ${join('.tribune/cluster', name, 'log')}`,
    );
  }
  console.log(`
Try, from the project's folder:
  node_modules/.bin/tribune members
  node_modules/.bin/tribune operator raft list-peers
  curl -X PUT -d hello http://127.0.0.1:8560/v1/kv/greeting     # a write through a client
  curl 'http://127.0.0.1:8520/v1/kv/greeting?raw'               # read on a follower
  kill -9 PID                                                    # of the leader; write again at once
Ctrl-C stops all five; the data stays in .tribune/cluster.`);
}

function stop() {
  if (stopping) return;
  stopping = true;
  for (const agent of agents.values()) agent.kill('SIGTERM');
  const kill = setTimeout(() => agents.forEach((agent) => agent.kill('SIGKILL')), 10_000);
  const wait = setInterval(() => {
    if (agents.size > 0) return;
    clearInterval(wait);
    clearTimeout(kill);
  }, 50);
}

setup();
if (process.argv.includes('--fresh')) rmSync(folder, { recursive: true, force: true });
names.forEach((_, i) => start(i));
whenToldToStop(stop);
describe();
