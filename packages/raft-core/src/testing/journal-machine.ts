import type { StateMachine } from '../node/state-machine';

/** A state machine for tests: remembers every command as text, and answers with how many there were. */
export class JournalMachine implements StateMachine {
  readonly journal: { readonly index: number; readonly text: string }[] = [];
  appliedIndex = 0;

  apply(index: number, command: Uint8Array): number {
    this.appliedIndex = index;
    return this.journal.push({ index, text: Buffer.from(command).toString() });
  }

  appliedBatch(index: number): void {
    this.appliedIndex = index;
  }

  get texts(): readonly string[] {
    return this.journal.map((line) => line.text);
  }

  snapshot(): { index: number; chunks: Iterable<Uint8Array> } {
    const bytes = Buffer.from(JSON.stringify(this.journal));
    const chunks: Uint8Array[] = [];
    for (let at = 0; at < bytes.byteLength; at += 1024) chunks.push(bytes.subarray(at, at + 1024));
    return { index: this.appliedIndex, chunks };
  }

  async restore(chunks: AsyncIterable<Uint8Array>, index: number): Promise<void> {
    const parts: Uint8Array[] = [];
    for await (const chunk of chunks) parts.push(chunk);
    this.journal.length = 0;
    this.journal.push(...(JSON.parse(Buffer.concat(parts).toString()) as typeof this.journal));
    this.appliedIndex = index;
  }
}
