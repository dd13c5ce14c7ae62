/**
 * Goes on with `next` now, or when `value` is there. A promise costs a turn of the microtask queue; most reads need none,
 * so nothing on their way is `async`.
 */
export function chain<T, R>(value: T | Promise<T>, next: (value: T) => R | Promise<R>): R | Promise<R> {
  return value instanceof Promise ? value.then(next) : next(value);
}
