import {
  ahead,
  anyChar,
  charClass,
  choice,
  literal,
  many,
  map,
  maybe,
  notAhead,
  PegInput,
  raise,
  rule,
  sequence,
  type Parser,
} from './peg';

export type MatchOperator =
  'Equal' | 'Not Equal' | 'In' | 'Not In' | 'Is Empty' | 'Is Not Empty' | 'Matches' | 'Not Matches';

export type Expression =
  | { readonly kind: 'and' | 'or'; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'not'; readonly operand: Expression }
  | Match;

export interface Match {
  readonly kind: 'match';
  readonly selector: readonly string[];
  readonly operator: MatchOperator;
  /** As written, without quotes; undefined for `is empty`. */
  readonly value: string | undefined;
}

/** The expression, or the sentence that says where it breaks. */
export function parseFilter(text: string): { readonly expression: Expression } | { readonly problem: string } {
  const input = new PegInput(text);
  const parsed = INPUT(input, 0);
  const problem = input.problem(parsed !== null);
  return problem === undefined ? { expression: parsed!.value as Expression } : { problem };
}

// The language of go-bexpr 0.1.2, rule by rule in its order: order and names show in error sentences.
const space: Parser = rule('"whitespace"', () => many(charClass('[ \\t\\r\\n]', /[ \t\r\n]/), 1));
const spaces = maybe(space);
const end: Parser = rule('EOF', () => notAhead(anyChar));
const pick = (place: number) => (values: readonly unknown[]) => values[place];

const INPUT: Parser = rule('Input', () =>
  choice(
    map(sequence(spaces, literal('('), spaces, orExpression, spaces, literal(')'), spaces, end), pick(3)),
    map(sequence(spaces, orExpression, spaces, end), pick(1)),
  ),
);

const binary = (kind: 'and' | 'or') => (values: readonly Expression[]) => ({ kind, left: values[0], right: values[4] });

const orExpression: Parser = rule('OrExpression', () =>
  choice(map(sequence(andExpression, space, literal('or'), space, orExpression), binary('or')), andExpression),
);

const andExpression: Parser = rule('AndExpression', () =>
  choice(map(sequence(notExpression, space, literal('and'), space, andExpression), binary('and')), notExpression),
);

const notExpression: Parser = rule('NotExpression', () =>
  choice(
    map(sequence(literal('not'), space, notExpression), (values: readonly Expression[]) => ({
      kind: 'not',
      operand: values[2],
    })),
    grouping,
  ),
);

const grouping: Parser = rule('"grouping"', () =>
  choice(
    map(sequence(literal('('), spaces, orExpression, spaces, literal(')')), pick(2)),
    match,
    sequence(literal('('), spaces, orExpression, spaces, notAhead(literal(')')), raise('Unmatched parentheses')),
  ),
);

const match: Parser = rule('"match"', () => choice(selectorOpValue, selectorOp, valueOpSelector));

const selectorOpValue: Parser = rule(
  '"match"',
  () => sequence(selector, choice(equal, notEqual, contains, notContains, matches, notMatches), value),
  ([path, operator, raw]: readonly [readonly string[], MatchOperator, string]): Match => ({
    kind: 'match',
    selector: path,
    operator,
    value: raw,
  }),
);

const selectorOp: Parser = rule(
  '"match"',
  () => sequence(selector, choice(isEmpty, isNotEmpty)),
  ([path, operator]: readonly [readonly string[], MatchOperator]): Match => ({
    kind: 'match',
    selector: path,
    operator,
    value: undefined,
  }),
);

const valueOpSelector: Parser = rule('"match"', () =>
  choice(
    map(
      sequence(value, choice(isIn, isNotIn), selector),
      ([raw, operator, path]: readonly [string, MatchOperator, readonly string[]]): Match => ({
        kind: 'match',
        selector: path,
        operator,
        value: raw,
      }),
    ),
    sequence(value, choice(isIn, isNotIn), notAhead(selector), raise('Invalid selector')),
  ),
);

const operator = (name: string, meant: MatchOperator, ...parts: readonly Parser[]): Parser =>
  rule(
    name,
    () => sequence(...parts),
    () => meant,
  );
const equal = operator('MatchEqual', 'Equal', spaces, literal('=='), spaces);
const notEqual = operator('MatchNotEqual', 'Not Equal', spaces, literal('!='), spaces);
const isEmpty = operator('MatchIsEmpty', 'Is Empty', space, literal('is'), space, literal('empty'));
const isNotEmpty = operator(
  'MatchIsNotEmpty',
  'Is Not Empty',
  space,
  literal('is'),
  space,
  literal('not'),
  space,
  literal('empty'),
);
const isIn = operator('MatchIn', 'In', space, literal('in'), space);
const isNotIn = operator('MatchNotIn', 'Not In', space, literal('not'), space, literal('in'), space);
const contains = operator('MatchContains', 'In', space, literal('contains'), space);
const notContains = operator('MatchNotContains', 'Not In', space, literal('not'), space, literal('contains'), space);
const matches = operator('MatchMatches', 'Matches', space, literal('matches'), space);
const notMatches = operator('MatchNotMatches', 'Not Matches', space, literal('not'), space, literal('matches'), space);

const selector: Parser = rule(
  '"selector"',
  () => sequence(identifier, many(selectorOrIndex)),
  ([first, rest]: readonly [string, readonly string[]]) => [first, ...rest],
);

const identifier: Parser = rule(
  'Identifier',
  () => sequence(charClass('[a-zA-Z]', /[a-zA-Z]/), many(charClass('[a-zA-Z0-9_]', /[a-zA-Z0-9_]/))),
  (_value, text) => text,
);

const selectorOrIndex: Parser = rule('SelectorOrIndex', () =>
  choice(map(sequence(literal('.'), identifier), pick(1)), index),
);

const index: Parser = rule('"index"', () =>
  choice(
    map(sequence(literal('['), spaces, stringLiteral, spaces, literal(']')), pick(2)),
    sequence(literal('['), spaces, notAhead(stringLiteral), raise('Invalid index')),
    sequence(literal('['), spaces, stringLiteral, spaces, notAhead(literal(']')), raise('Unclosed index expression')),
  ),
);

const value: Parser = rule('"value"', () =>
  choice(
    map(selector, (path: readonly string[]) => path.join('.')),
    numberLiteral,
    stringLiteral,
  ),
);

const integerOrFloat: Parser = rule('IntegerOrFloat', () => {
  const digit = charClass('[0-9]', /[0-9]/);
  return sequence(
    choice(literal('0'), sequence(charClass('[1-9]', /[1-9]/), many(digit))),
    maybe(sequence(literal('.'), many(digit, 1))),
  );
});

const afterNumbers: Parser = rule('AfterNumbers', () => ahead(choice(space, end, literal(')'))));

const numberLiteral: Parser = rule(
  '"number"',
  () =>
    choice(
      sequence(maybe(literal('-')), integerOrFloat, ahead(afterNumbers)),
      sequence(maybe(literal('-')), integerOrFloat, notAhead(afterNumbers), raise('Invalid number literal')),
    ),
  (_value, text) => text,
);

const rawChar: Parser = rule('RawStringChar', () => sequence(notAhead(literal('`')), anyChar));
const quotedChar: Parser = rule('DoubleStringChar', () => sequence(notAhead(literal('"')), anyChar));

const stringLiteral: Parser = rule(
  '"string"',
  () =>
    choice(
      choice(
        sequence(literal('`'), many(rawChar), literal('`')),
        sequence(literal('"'), many(quotedChar), literal('"')),
      ),
      sequence(
        choice(sequence(literal('`'), many(rawChar)), sequence(literal('"'), many(quotedChar))),
        end,
        raise('Unterminated string literal'),
      ),
    ),
  (_value, text) => (text.startsWith('`') ? text.slice(1, -1).replaceAll('\r', '') : unquote(text.slice(1, -1))),
);

const ESCAPES: Record<string, string> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f', v: '\v', a: '\x07', '\\': '\\' };

function unquote(text: string): string {
  return text.replace(
    /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|(.))/gs,
    (whole, hex?: string, unicode?: string, char?: string) => {
      const code = hex ?? unicode;
      return code === undefined ? (ESCAPES[char!] ?? whole) : String.fromCharCode(parseInt(code, 16));
    },
  );
}
