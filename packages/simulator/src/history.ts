/** What clients asked for and what they were told, in virtual time. */
export type Action =
  | { readonly kind: 'write'; readonly value: number }
  | { readonly kind: 'cas'; readonly expected: number; readonly value: number }
  | { readonly kind: 'read' };

export interface Operation {
  readonly key: string;
  readonly action: Action;
  readonly calledAt: number;
  /** Infinity: the client never learned what became of it, and it may take effect at any time, or never. */
  returnedAt: number;
  /** What a read saw, or whether a cas succeeded; undefined for writes and unknown outcomes. */
  answer?: number | boolean;
}

/** Every register begins with this. */
export const INITIAL = 0;
