/** What a serf snapshot file says: who was alive, and how far the Lamport clocks were. */
export interface Snapshot {
  /** Name → `host:port`. */
  readonly alive: ReadonlyMap<string, string>;
  readonly clock: number;
  readonly eventClock: number;
  readonly queryClock: number;
}

export const emptySnapshot: Snapshot = { alive: new Map(), clock: 0, eventClock: 0, queryClock: 0 };

/**
 * Replays the lines of serf's snapshot format (`alive: name host:port`, `not-alive: name`, `clock: n`, `event-clock: n`,
 * `query-clock: n`, `leave`). Unknown lines and a torn last line are skipped.
 */
export function replaySnapshot(text: string, rejoinAfterLeave: boolean): Snapshot {
  let alive = new Map<string, string>();
  let clocks = { clock: 0, eventClock: 0, queryClock: 0 };
  const lines = text.split('\n').slice(0, -1);
  for (const line of lines) {
    const [keyword = '', rest = ''] = splitOnce(line, ': ');
    if (keyword === 'alive') {
      const at = rest.lastIndexOf(' ');
      if (at > 0) alive.set(rest.slice(0, at), rest.slice(at + 1));
    } else if (keyword === 'not-alive') {
      alive.delete(rest);
    } else if (keyword === 'clock') {
      clocks = { ...clocks, clock: time(rest, clocks.clock) };
    } else if (keyword === 'event-clock') {
      clocks = { ...clocks, eventClock: time(rest, clocks.eventClock) };
    } else if (keyword === 'query-clock') {
      clocks = { ...clocks, queryClock: time(rest, clocks.queryClock) };
    } else if (line === 'leave' && !rejoinAfterLeave) {
      alive = new Map();
      clocks = { clock: 0, eventClock: 0, queryClock: 0 };
    }
  }
  return { alive, ...clocks };
}

/** The shortest file that replays to the same. */
export function snapshotText({ alive, clock, eventClock, queryClock }: Snapshot): string {
  const members = [...alive].map(([name, address]) => `alive: ${name} ${address}\n`);
  return `${members.join('')}clock: ${clock}\nevent-clock: ${eventClock}\nquery-clock: ${queryClock}\n`;
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + separator.length)];
}

function time(text: string, previous: number): number {
  const value = /^\d{1,16}$/.test(text) ? Number(text) : previous;
  return Number.isSafeInteger(value) ? value : previous;
}
