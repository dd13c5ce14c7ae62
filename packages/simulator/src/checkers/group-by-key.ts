/** In the order in which the keys first appear. */
export function groupByKey<T extends { readonly key: string }>(operations: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const operation of operations) {
    const group = groups.get(operation.key);
    if (group) group.push(operation);
    else groups.set(operation.key, [operation]);
  }
  return groups;
}
