import { CodedError } from '@tribune/platform';

export class PieceAbsentError extends CodedError<{ code: 'PIECE_ABSENT'; piece: string }> {}

/**
 * Stands for an object that is replaced when its piece is restarted, so that whoever holds `face` need not know. Calls
 * while there is none fail with PIECE_ABSENT.
 */
export class StandIn<T extends object> {
  readonly face: T;
  private current: T | undefined;

  constructor(private readonly piece: string) {
    this.face = new Proxy({} as T, {
      get: (_, key) => {
        // Promises and inspectors probe any object for these.
        if (key === 'then' || typeof key === 'symbol') return undefined;
        const target = this.target;
        const value = target[key as keyof T];
        return typeof value === 'function' ? (value as (...args: unknown[]) => unknown).bind(target) : value;
      },
    });
  }

  /** Makes `instance` the one that is stood for; gives it back. */
  put<I extends T>(instance: I): I {
    this.current = instance;
    return instance;
  }

  private get target(): T {
    if (this.current) return this.current;
    throw new PieceAbsentError({ code: 'PIECE_ABSENT', piece: this.piece }, `${this.piece} is not running`);
  }
}
