import type { Readiness, Startable } from '@tribune/platform';
import type { Piece } from './piece';

/** A piece as an object in this process, made anew at each start. */
export class InlinePiece<T extends Startable> implements Piece {
  private instance: T | undefined;
  private isRunning = false;

  constructor(
    readonly name: string,
    private readonly create: (died: (reason: Error) => void) => T,
    private readonly readinessOf: (instance: T) => Readiness = () => ({ ready: true }),
  ) {}

  async start(died: (reason: Error) => void): Promise<void> {
    const instance = this.create((reason) => {
      this.isRunning = false;
      died(reason);
    });
    this.instance = instance;
    await instance.start();
    this.isRunning = true;
  }

  async stop(): Promise<void> {
    const instance = this.instance;
    this.instance = undefined;
    this.isRunning = false;
    await instance?.stop();
  }

  readiness(): Readiness {
    if (!this.instance || !this.isRunning) return { ready: false, reason: `${this.name} is not running` };
    return this.readinessOf(this.instance);
  }
}
