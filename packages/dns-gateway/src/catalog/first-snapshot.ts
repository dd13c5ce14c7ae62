/** Something that queries wait for until it is there for the first time. Afterwards it stays, however old it gets. */
export class FirstSnapshot {
  private isHere = false;
  private readonly promise: Promise<void>;
  private resolve: () => void = () => undefined;

  constructor() {
    this.promise = new Promise((resolve) => (this.resolve = resolve));
  }

  get here(): boolean {
    return this.isHere;
  }

  arrived(): void {
    this.isHere = true;
    this.resolve();
  }

  wait(): Promise<void> {
    return this.promise;
  }
}
