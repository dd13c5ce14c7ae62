import { spawn, type ChildProcess } from 'node:child_process';
import { Resolver } from 'node:dns/promises';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually, freePort } from '@tribune/testkit';

// These start what users start, so they need the build: `npm run build` (which `npm test` does first).
const packages = join(__dirname, '../../..');
const deploy = join(packages, '../deploy');
const WEB = JSON.stringify({ Name: 'web', Port: 8080, Check: { TTL: '1h', Status: 'passing' } });

let folder: string;
let running: ChildProcess[] = [];
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'processes-'))));
afterEach(async () => {
  for (const child of running.splice(0).reverse()) await ended(child, 'SIGTERM');
  rmSync(folder, { recursive: true, force: true });
});

function run(...argv: string[]): ChildProcess {
  const child = spawn(process.execPath, argv, { stdio: ['ignore', 'ignore', 'inherit'] });
  running.push(child);
  return child;
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) {
    const exit = once(child, 'exit');
    child.kill(signal);
    await exit;
  }
  return child.exitCode;
}

/** Registers a service and finds it again by HTTP and by DNS. */
async function mainJob(http: number, dns: number): Promise<void> {
  const base = `http://127.0.0.1:${http}`;
  await eventually(
    'a registration',
    async () => (await fetch(`${base}/v1/agent/service/register`, { method: 'PUT', body: WEB })).ok || undefined,
  );
  await eventually('the instance by HTTP', async () => {
    const rows = (await (await fetch(`${base}/v1/health/service/web?passing`)).json()) as unknown[];
    return rows.length === 1 || undefined;
  });
  await found(dns);
}

async function found(dns: number): Promise<void> {
  const resolver = new Resolver({ timeout: 1000, tries: 1 });
  resolver.setServers([`127.0.0.1:${dns}`]);
  const records = await eventually('the instance by DNS', () => resolver.resolveSrv('web.service.consul'));
  expect(records).toMatchObject([{ port: 8080 }]);
}

async function ttlOf(dns: number): Promise<number | undefined> {
  const resolver = new Resolver({ timeout: 1000, tries: 1 });
  resolver.setServers([`127.0.0.1:${dns}`]);
  return (await resolver.resolve4('web.service.consul', { ttl: true }))[0]?.ttl;
}

test('five processes from the files in deploy/ do the main job', async () => {
  const [lan, gossip, rpc, agent, http, grpc, dns, ...admin] = await Promise.all(
    Array.from({ length: 12 }, () => freePort()),
  );
  const at = (port: number | undefined): string => `127.0.0.1:${port}`;
  const start = (piece: string, flags: Record<string, string>, adminPort: number | undefined): ChildProcess => {
    const overrides = Object.entries({ ...flags, 'admin-address': at(adminPort) }).map(
      ([name, value]) => `--${name}=${value}`,
    );
    return run(
      `--env-file=${join(deploy, 'pieces', `${piece}.env`)}`,
      join(packages, piece, 'dist/main.js'),
      ...overrides,
    );
  };
  const tags = /^TRIBUNE_TAGS=(.*)$/m.exec(readFileSync(join(deploy, 'pieces/gossip.env'), 'utf8'))![1]!;
  start(
    'gossip',
    { 'lan-port': `${lan}`, 'grpc-address': at(gossip), tags: tags.replace('port=8300', `port=${rpc}`) },
    admin[0],
  );
  start(
    'raft-core',
    { 'rpc-address': at(rpc), 'membership-address': at(gossip), 'data-dir': join(folder, 'raft') },
    admin[1],
  );
  start(
    'health-runner',
    { 'state-address': at(rpc), 'grpc-address': at(agent), 'data-dir': join(folder, 'agent') },
    admin[2],
  );
  start(
    'catalog-api',
    {
      'state-address': at(rpc),
      'membership-address': at(gossip),
      'agent-address': at(agent),
      'http-address': at(http),
      'grpc-address': at(grpc),
    },
    admin[3],
  );
  start('dns-gateway', { 'catalog-address': at(grpc), 'dns-address': at(dns) }, admin[4]);
  await mainJob(http!, dns!);
});

test('an agent laid out as processes does the main job, survives the death of a piece, and stops in order', async () => {
  const [http, grpc, dns, lan, wan, server] = await Promise.all(Array.from({ length: 6 }, () => freePort()));
  const flags = {
    'http-port': http,
    'grpc-port': grpc,
    'dns-port': dns,
    'serf-lan-port': lan,
    'serf-wan-port': wan,
    'server-port': server,
  };
  const argv = Object.entries(flags).map(([name, port]) => `-${name}=${port}`);
  // As the command does, without depending on it.
  const main = `require(${JSON.stringify(join(packages, 'launcher'))}).runAgent(process.argv.slice(1)).then((code) => (process.exitCode = code))`;
  const file = join(folder, 'services.json');
  const define = (name: string, ttl: string): void =>
    writeFileSync(
      file,
      JSON.stringify({
        service: { name, port: 9 },
        node_meta: { of: 'a,b' },
        limits: { kv_max_value_size: 100 },
        dns_config: { service_ttl: { '*': ttl } },
      }),
    );
  define('first', '5s');
  const agent = run('-e', main, '--', '-dev', '-layout=processes', `-config-file=${file}`, ...argv);
  await mainJob(http!, dns!);
  const names = async (): Promise<string[]> =>
    Object.keys(
      (await (await fetch(`http://127.0.0.1:${http}/v1/catalog/services?node-meta=of:a,b`)).json()) as object,
    );
  await eventually('the service of a file', async () => (await names()).includes('first') || undefined);
  const { DebugConfig } = (await (await fetch(`http://127.0.0.1:${http}/v1/agent/self`)).json()) as {
    DebugConfig: object;
  };
  expect(DebugConfig).toMatchObject({ Layout: 'processes', KVMaxValueSize: 100 });
  const tooLong = { method: 'PUT', body: 'x'.repeat(101) };
  expect((await fetch(`http://127.0.0.1:${http}/v1/kv/long`, tooLong)).status).toBe(413);
  define('second', '7s');
  const reload = await fetch(`http://127.0.0.1:${http}/v1/agent/reload`, { method: 'PUT' });
  expect(await reload.text()).toBe('');
  expect(reload.status).toBe(200);
  await eventually('the TTL of the changed file', async () => ((await ttlOf(dns!)) === 7 ? true : undefined));
  process.kill(childOf(agent.pid!, 'health-runner'), 'SIGKILL');
  await eventually('the service of the changed file', async () => {
    const all = await names();
    return (all.includes('second') && !all.includes('first')) || undefined;
  });
  for (const piece of ['dns-gateway', 'catalog-api']) process.kill(childOf(agent.pid!, piece), 'SIGKILL');
  await eventually(
    'HTTP again',
    async () => (await fetch(`http://127.0.0.1:${http}/v1/status/leader`)).ok || undefined,
  );
  await found(dns!);
  expect(await ended(agent, 'SIGINT')).toBe(0);
  await expect(fetch(`http://127.0.0.1:${http}/v1/status/leader`)).rejects.toThrow();
});

/** The process of a piece, found as an operator would find it. */
function childOf(parent: number, piece: string): number {
  const children = readFileSync(`/proc/${parent}/task/${parent}/children`, 'utf8').trim().split(/\s+/).map(Number);
  return children.find((pid) => commandOf(pid).includes(`${piece}/dist/main.js`))!;
}

/** Empty for a process that ended since its parent was asked: one killed a moment ago is among the children until it is reaped. */
function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return '';
    throw error;
  }
}
