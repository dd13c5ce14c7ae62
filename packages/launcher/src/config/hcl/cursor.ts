import { HclError } from './hcl-error';

/** A place in the text. Only the tokenizer and the string readers move it. */
export interface Cursor {
  readonly text: string;
  at: number;
}

export function failAt(text: string, at: number, message: string): HclError {
  const before = text.slice(0, at);
  return new HclError(before.split('\n').length, at - before.lastIndexOf('\n'), message);
}
