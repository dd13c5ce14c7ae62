import type { Indexed, WatchKey } from '../view/view';

/** Index 0 means "do not block" to clients, so an answer never carries it. */
export function indexed<T>(index: number, value: T, watch: readonly WatchKey[]): Indexed<T> {
  return { index: index < 1 ? 1 : index, value, watch };
}
