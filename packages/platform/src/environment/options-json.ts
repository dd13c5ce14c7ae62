import { OptionsError } from './options';

type Tree = Readonly<Record<string, unknown>>;
const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * The flag by which a launcher hands a piece all of its options at once: JSON of the same members that the piece's `create`
 * takes. What it says counts over the other flags; what it leaves out stays as they say.
 */
export const optionsJsonSpec = {
  help: 'options of this piece as JSON, over what its flags say',
  default: '{}',
} as const;

/** `flagged`, with what `json` says put over it, object by object. */
export function withOptionsJson<T extends object>(flagged: T, json: string): T {
  const said = parse(json);
  if (isTree(said)) return over(flagged as unknown as Tree, said) as T;
  const problems = ['--options is not a JSON object'];
  throw new OptionsError({ code: 'OPTIONS_INVALID', problems }, problems.join());
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

const over = (under: Tree, said: Tree): Tree => ({
  ...under,
  ...Object.fromEntries(Object.entries(said).map(([name, value]) => [name, one(under[name], value)])),
});

const one = (under: unknown, said: unknown): unknown => (isTree(under) && isTree(said) ? over(under, said) : said);
