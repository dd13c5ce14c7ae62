/** What is written: key and value together are 128 bytes, over and over on a bounded set of keys. */
export const COMMAND_BYTES = 128;
const KEYS = 10_000;
const KEY_BYTES = 16;

export interface Write {
  readonly key: string;
  readonly value: Uint8Array;
}

const VALUE = Buffer.alloc(COMMAND_BYTES - KEY_BYTES, 'v');
const WRITES: readonly Write[] = Array.from({ length: KEYS }, (_, n) => ({
  key: `bench/${String(n).padStart(KEY_BYTES - 'bench/'.length, '0')}`,
  value: VALUE,
}));

/** One form of every write, e.g. encoded as somebody's command; made ahead, as its time must not show in the latencies. */
export function prepared<T>(prepare: (write: Write) => T): (n: number) => T {
  const forms = WRITES.map(prepare);
  return (n) => forms[n % KEYS]!;
}
