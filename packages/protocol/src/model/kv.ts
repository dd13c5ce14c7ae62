export interface KvEntry {
  readonly key: string;
  readonly value: Uint8Array;
  /** Opaque unsigned 64-bit number of the client; exact to the last digit. */
  readonly flags: bigint;
  /** How often the key was locked. With `session` it is the fencing token. */
  readonly lockIndex: number;
  /** The session that holds the lock, or '' when free. */
  readonly session: string;
  readonly createIndex: number;
  readonly modifyIndex: number;
}
