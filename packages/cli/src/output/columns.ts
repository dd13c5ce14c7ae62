/** Rows as aligned columns, two spaces apart; the last column is not padded. Consul's tables (mitchellh/columnize). */
export function columns(rows: readonly (readonly string[])[], gap = 2): string {
  const widths: number[] = [];
  for (const row of rows) row.forEach((cell, at) => (widths[at] = Math.max(widths[at] ?? 0, [...cell].length)));
  return rows.map((row) => line(row, widths, gap)).join('\n');
}

function line(row: readonly string[], widths: readonly number[], gap: number): string {
  const last = row.length - 1;
  return row.map((cell, at) => (at === last ? cell : cell + ' '.repeat(widths[at]! - [...cell].length + gap))).join('');
}
