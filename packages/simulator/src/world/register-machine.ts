import type { StateMachine } from '@tribune/raft-core';
import { INITIAL, type Action } from '../history';

export interface RegisterCommand {
  readonly key: string;
  readonly action: Exclude<Action, { kind: 'read' }>;
}

/** Named registers: the smallest state machine on which linearizability means something. */
export class RegisterMachine implements StateMachine {
  appliedIndex = 0;
  private registers = new Map<string, number>();

  constructor(private readonly ignoresExpectation = false) {}

  apply(index: number, command: Uint8Array): boolean {
    this.appliedIndex = index;
    const { key, action } = JSON.parse(Buffer.from(command).toString()) as RegisterCommand;
    if (action.kind === 'cas' && action.expected !== this.read(key) && !this.ignoresExpectation) return false;
    this.registers.set(key, action.value);
    return true;
  }

  appliedBatch(index: number): void {
    this.appliedIndex = index;
  }

  read(key: string): number {
    return this.registers.get(key) ?? INITIAL;
  }

  snapshot(): { index: number; chunks: Iterable<Uint8Array> } {
    return { index: this.appliedIndex, chunks: [Buffer.from(JSON.stringify([...this.registers]))] };
  }

  async restore(chunks: AsyncIterable<Uint8Array>, index: number): Promise<void> {
    const parts: Uint8Array[] = [];
    for await (const part of chunks) parts.push(part);
    this.registers = new Map(JSON.parse(Buffer.concat(parts).toString()) as [string, number][]);
    this.appliedIndex = index;
  }
}
