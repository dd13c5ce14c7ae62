import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { eventually, freePort } from '@tribune/testkit';
import type { Target } from '../load/target';
import { stopProcess } from './child';
import { connectEtcd, type EtcdClient } from './etcd-client';

interface Member {
  readonly child: ChildProcess;
  readonly clientPort: number;
}

/** `count` etcd servers with their defaults, fsync included; written to over gRPC on the leader's port. */
export async function startEtcd(count: number, folder: string, binary: string): Promise<Target> {
  const ports = await Promise.all(Array.from({ length: 2 * count }, freePort));
  const peers = ports.slice(count).map((port, n) => `etcd-${n}=${url(port)}`);
  const members = ports.slice(0, count).map((clientPort, n) => {
    const flags = flagsOf(n, clientPort, peers, folder);
    return { child: spawn(binary, flags, { stdio: 'ignore' }), clientPort };
  });
  const { leader, client } = await eventually('an etcd leader', () => findLeader(members));
  const others = members.filter((member) => member !== leader);
  return {
    name: 'etcd',
    pids: [leader, ...others].map(({ child }) => child.pid!),
    write: (n) => client.put(n),
    async stop() {
      client.close();
      await Promise.all(members.map(({ child }) => stopProcess(child)));
    },
  };
}

const url = (port: number): string => `http://127.0.0.1:${port}`;

function flagsOf(n: number, clientPort: number, peers: readonly string[], folder: string): string[] {
  const peerUrl = peers[n]!.slice(peers[n]!.indexOf('=') + 1);
  return [
    `--name=etcd-${n}`,
    `--data-dir=${join(folder, `etcd-${n}`)}`,
    `--listen-client-urls=${url(clientPort)}`,
    `--advertise-client-urls=${url(clientPort)}`,
    `--listen-peer-urls=${peerUrl}`,
    `--initial-advertise-peer-urls=${peerUrl}`,
    `--initial-cluster=${peers.join(',')}`,
    '--initial-cluster-state=new',
    '--logger=zap',
    '--log-level=error',
  ];
}

async function findLeader(members: readonly Member[]): Promise<{ leader: Member; client: EtcdClient } | undefined> {
  for (const member of members) {
    const client = connectEtcd(member.clientPort);
    if (await client.isLeader().catch(() => false)) return { leader: member, client };
    client.close();
  }
  return undefined;
}
