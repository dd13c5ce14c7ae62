const INDEX_FIELDS = ['createIndex', 'modifyIndex', 'index'] as const;
type Indexes = { [F in (typeof INDEX_FIELDS)[number]]?: number };

/**
 * The row with no index above `max`. A state saved in a datacenter with a longer log carries indexes that ours has yet
 * to reach: left as they are, the index of an answer would fall with the next write.
 */
export function withIndexesUpTo<Row extends object>(max: number, row: Row): Row {
  const given = row as Indexes;
  if (INDEX_FIELDS.every((field) => given[field] === undefined || given[field] <= max)) return row;
  const bounded: Indexes = {};
  for (const field of INDEX_FIELDS) {
    const index = given[field];
    if (index !== undefined) bounded[field] = Math.min(index, max);
  }
  return { ...row, ...bounded };
}
