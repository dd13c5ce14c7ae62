import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/**
 * Which of the processes holds the socket that is bound to `port` and connected to `peerPort`: Linux tells by inode
 * (proc(5), /proc/net/tcp). Undefined when it is gone.
 */
export function socketOwner(pids: readonly (number | undefined)[], port: number, peerPort: number): number | undefined {
  const inode = inodeOf(port, peerPort);
  if (inode === undefined) return undefined;
  const index = pids.findIndex((pid) => pid !== undefined && holds(pid, `socket:[${inode}]`));
  return index < 0 ? undefined : index;
}

function inodeOf(port: number, peerPort: number): string | undefined {
  const hex = (value: number): string => `:${value.toString(16).toUpperCase().padStart(4, '0')}`;
  for (const line of readFileSync('/proc/net/tcp', 'utf8').split('\n')) {
    const [, local, remote, , , , , , , inode] = line.trim().split(/\s+/);
    if (local?.endsWith(hex(port)) && remote?.endsWith(hex(peerPort))) return inode;
  }
  return undefined;
}

function holds(pid: number, link: string): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => {
      try {
        return readlinkSync(`/proc/${pid}/fd/${fd}`) === link;
      } catch {
        return false;
      }
    });
  } catch {
    return false;
  }
}
