/** Whatever takes writes: a cluster over the network, a server in this process, a bare database. */
export interface Target {
  readonly name: string;
  /** Processes whose CPU time belongs to the target, the leader's first. */
  readonly pids: readonly number[];
  /** The `n`th write, encoded anew as the target wants it. Resolves with its answer; rejects when nothing is known of it. */
  write(n: number): Promise<unknown>;
  /** Throws when the answer does not say that the write is durable. Apart, so that looking costs no further promise. */
  check?(answer: unknown): void;
  stop(): Promise<void>;
}
