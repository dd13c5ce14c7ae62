export interface SessionServiceCheck {
  readonly id: string;
  readonly namespace: string;
}

export interface Session {
  /** UUID text. */
  readonly id: string;
  readonly name: string;
  readonly node: string;
  readonly lockDelayNs: number;
  /** What happens to held keys when the session ends. */
  readonly behavior: 'release' | 'delete';
  /** Go duration text as given, '' for none. The leader ends the session between one and two TTLs after the last renewal. */
  readonly ttl: string;
  readonly nodeChecks: readonly string[] | null;
  readonly serviceChecks: readonly SessionServiceCheck[] | null;
  readonly createIndex: number;
  readonly modifyIndex: number;
}
