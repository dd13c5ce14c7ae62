/** Whatever takes writes: a cluster over the network, a server in this process, a bare database. */
export interface Target {
  readonly name: string;
  /** Processes whose CPU time belongs to the target, the leader's first. */
  readonly pids: readonly number[];
  /** Resolves when the `n`th write is acknowledged as durable; rejects when it is not. */
  write(n: number): Promise<void>;
  stop(): Promise<void>;
}
