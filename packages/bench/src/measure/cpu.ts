import { readFileSync } from 'node:fs';

/** Linux tells CPU time in hundredths of a second whatever the kernel's own tick is (USER_HZ; proc(5), time(7)). */
const TICKS_PER_SECOND = 100;

/** CPU time of a process so far, all threads, user and system, in seconds. */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name in parentheses may hold anything, spaces and parentheses included: fields count from behind it (state is 3).
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [utime, stime] = [fields[14 - 3], fields[15 - 3]];
  return (Number(utime) + Number(stime)) / TICKS_PER_SECOND;
}
