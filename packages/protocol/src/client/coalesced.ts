/**
 * Shares rounds of a question whose answer must be newer than the asker: one round is under way at a time, and it
 * serves exactly those who waited before it began. Who comes later waits for the next one.
 */
export class Coalesced<T> {
  private waiting: { resolve: (value: T) => void; reject: (error: unknown) => void }[] = [];
  private state: 'idle' | 'starting' | 'running' = 'idle';

  constructor(private readonly ask: () => Promise<T> | T) {}

  get(): Promise<T> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject });
      if (this.state !== 'idle') return;
      this.state = 'starting';
      // The end of the turn: everyone who arrives in this one rides along.
      setImmediate(() => this.run());
    });
  }

  private run(): void {
    const served = this.waiting;
    this.waiting = [];
    this.state = 'running';
    void Promise.resolve()
      .then(() => this.ask())
      .then(
        (value) => served.forEach(({ resolve }) => resolve(value)),
        (error: unknown) => served.forEach(({ reject }) => reject(error)),
      )
      .then(() => {
        this.state = 'idle';
        if (this.waiting.length > 0) this.run();
      });
  }
}
