import type { Decoded, Fields, Given } from './field';

type Tree = Readonly<Record<string, unknown>>;

/** Lays `later` over `earlier`: single values replace, lists append, maps unite, groups go deeper. */
export function combine<F extends Fields>(earlier: Given<F>, later: Given<F>, fields: F): Given<F> {
  return combineTrees(earlier as Tree, later as Tree, fields) as Given<F>;
}

function combineTrees(earlier: Tree, later: Tree, fields: Fields): Tree {
  const result: Record<string, unknown> = { ...earlier };
  for (const [key, value] of Object.entries(later)) {
    const field = fields[key]!;
    const before = result[key];
    if (before === undefined) result[key] = value;
    else if (field.kind === 'group') result[key] = combineTrees(before as Tree, value as Tree, field.fields);
    else if (field.merge === 'append') result[key] = [...(before as unknown[]), ...(value as unknown[])];
    else if (field.merge === 'union') result[key] = { ...(before as Tree), ...(value as Tree) };
    else result[key] = value;
  }
  return result;
}

/** Fills in the table's defaults. */
export function complete<F extends Fields>(given: Given<F>, fields: F): Decoded<F> {
  return completeTree(given as Tree, fields) as Decoded<F>;
}

function completeTree(given: Tree, fields: Fields): Tree {
  return Object.fromEntries(
    Object.entries(fields).map(([key, field]) => [
      key,
      field.kind === 'group'
        ? completeTree((given[key] as Tree | undefined) ?? {}, field.fields)
        : (given[key] ?? field.default),
    ]),
  );
}
