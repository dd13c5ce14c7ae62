import { readFile, statfs } from 'node:fs/promises';
import { arch, cpus, freemem, hostname, platform, release, totalmem, uptime } from 'node:os';

/** `/v1/agent/host`: what the operating system says of the machine, under Consul's names. */
export async function hostFacts(path: string, wallMs: number): Promise<object> {
  const [memory, disk, system] = await Promise.all([memoryFacts(), diskFacts(path), systemFacts(wallMs)]);
  return {
    Memory: memory,
    CPU: cpuFacts(),
    Host: system,
    Disk: disk,
    CollectionTime: BigInt(wallMs) * 1_000_000n,
    Errors: null,
  };
}

async function memoryFacts(): Promise<object> {
  const total = totalmem();
  const available = (await memAvailable()) ?? freemem();
  const used = total - available;
  return { total, available, used, usedPercent: (used / total) * 100, free: freemem() };
}

/** Linux counts what caches hold as available; elsewhere nobody says. */
async function memAvailable(): Promise<number | undefined> {
  const text = await readFile('/proc/meminfo', 'utf8').catch(() => '');
  const match = /^MemAvailable:\s+(\d+) kB$/m.exec(text);
  return match ? Number(match[1]) * 1024 : undefined;
}

async function diskFacts(path: string): Promise<object> {
  const { bsize, blocks, bfree, bavail, files, ffree } = await statfs(path);
  const used = (blocks - bfree) * bsize;
  const reachable = used + bavail * bsize;
  return {
    path,
    total: blocks * bsize,
    free: bavail * bsize,
    used,
    usedPercent: reachable === 0 ? 0 : (used / reachable) * 100,
    inodesTotal: files,
    inodesUsed: files - ffree,
    inodesFree: ffree,
    inodesUsedPercent: files === 0 ? 0 : ((files - ffree) / files) * 100,
  };
}

async function systemFacts(wallMs: number): Promise<object> {
  const osRelease = await readFile('/etc/os-release', 'utf8').catch(() => '');
  const released = (name: string): string => new RegExp(`^${name}="?([^"\n]*)"?$`, 'm').exec(osRelease)?.[1] ?? '';
  const upS = Math.floor(uptime());
  return {
    hostname: hostname(),
    uptime: upS,
    bootTime: Math.floor(wallMs / 1000) - upS,
    os: platform(),
    platform: released('ID'),
    platformFamily: released('ID_LIKE') || released('ID'),
    platformVersion: released('VERSION_ID'),
    kernelVersion: release(),
    kernelArch: arch() === 'x64' ? 'x86_64' : arch(),
  };
}

const cpuFacts = (): object[] =>
  cpus().map(({ model, speed }, cpu) => ({ cpu, cores: 1, modelName: model, mhz: speed }));
