import type { View, WatchKey } from '@tribune/state-store';

/**
 * Stays parked on these keys, so that a partial view does not let their topic go. Sources that follow deltas park on
 * nothing of their own.
 */
export function holdTopic(view: View, keys: readonly WatchKey[]): () => void {
  let cancel = view.park(keys, function again() {
    cancel = view.park(keys, again);
  });
  return () => cancel();
}
