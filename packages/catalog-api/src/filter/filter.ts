import { quoteGo } from '@tribune/platform';
import type { RE2JS } from 're2js';
import { messageOf } from '@tribune/platform';
import { serverError } from '../http/http-error';
import { operatorsOf, type Field, type Fields } from './fields';
import { parseFilter, type Expression, type Match } from './grammar';
import { regularExpression } from './regular-expression';

/** Says whether a row, in its JSON form, is wanted. */
export type Filter = (row: object) => boolean;

const EVERYTHING: Filter = () => true;
const PREFIX = 'Failed to create boolean expression evaluator: ';

/** Compiles `?filter=`; what is wrong with it is thrown in Consul's words. An empty one wants everything. */
export function compileFilter(text: string, fields: Fields): Filter {
  if (text === '') return EVERYTHING;
  const parsed = parseFilter(text);
  if ('problem' in parsed) throw serverError(PREFIX + parsed.problem);
  return compile(parsed.expression, fields);
}

/** The rows that are wanted. Without a filter no row's JSON form is made. */
export function filterRows<T>(rows: readonly T[], filter: Filter, toJson: (row: T) => object): readonly T[] {
  return filter === EVERYTHING ? rows : rows.filter((row) => filter(toJson(row)));
}

function compile(expression: Expression, fields: Fields): Filter {
  if (expression.kind === 'match') return compileMatch(expression, fields);
  if (expression.kind === 'not') {
    const operand = compile(expression.operand, fields);
    return (row) => !operand(row);
  }
  const left = compile(expression.left, fields);
  const right = compile(expression.right, fields);
  return expression.kind === 'and' ? (row) => left(row) && right(row) : (row) => left(row) || right(row);
}

function compileMatch(match: Match, fields: Fields): Filter {
  const field = fieldAt(match.selector, fields);
  if (!operatorsOf(field).includes(match.operator)) {
    throw serverError(
      `${PREFIX}Invalid match operator ${quoteGo(match.operator)} for selector ${selectorText(match.selector)}`,
    );
  }
  const isNegative = ['Is Empty', 'Not Equal', 'Not In', 'Not Matches'].includes(match.operator);
  const goal: Goal = { test: testOf(match, field), isNegative };
  const root: Field = { kind: 'struct', members: fields };
  return (row) => follow(row, root, match.selector, 0, goal);
}

const selectorText = (path: readonly string[]): string => quoteGo(path.join('.'));

function fieldAt(path: readonly string[], fields: Fields): Field {
  let at: Field = { kind: 'struct', members: fields };
  path.forEach((name, depth) => {
    const next: Field | undefined =
      at.kind === 'map' ? at.item : 'members' in at && Object.hasOwn(at.members, name) ? at.members[name] : undefined;
    if (!next) throw serverError(`${PREFIX}Selector ${selectorText(path.slice(0, depth + 1))} is not valid`);
    at = next;
  });
  return at;
}

/**
 * A list on the way fits when one of its elements does; a missing key of a map fits what is asked negatively; a member
 * left out of a struct's JSON has its zero value.
 */
function follow(value: unknown, field: Field, path: readonly string[], depth: number, goal: Goal): boolean {
  if (depth === path.length) return goal.test(value);
  const name = path[depth]!;
  if (field.kind === 'structs') {
    const items = Array.isArray(value) ? (value as readonly unknown[]) : [];
    return items.some((item) => follow(item, { kind: 'struct', members: field.members }, path, depth, goal));
  }
  const inner = typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  if (field.kind === 'map') {
    return Object.hasOwn(inner, name) ? follow(inner[name], field.item, path, depth + 1, goal) : goal.isNegative;
  }
  return follow(inner[name], (field as Field & { kind: 'struct' }).members[name]!, path, depth + 1, goal);
}

interface Goal {
  readonly test: (value: unknown) => boolean;
  /** Fits where there is nothing. */
  readonly isNegative: boolean;
}

function testOf(match: Match, field: Field): (value: unknown) => boolean {
  const raw = match.value ?? '';
  switch (match.operator) {
    case 'Equal':
    case 'Not Equal':
      return negatedWhen(match.operator === 'Not Equal', equals(match, field));
    case 'In':
    case 'Not In':
      return negatedWhen(match.operator === 'Not In', (value) => holds(value, raw));
    case 'Is Empty':
    case 'Is Not Empty':
      return negatedWhen(match.operator === 'Is Not Empty', isEmpty);
    case 'Matches':
    case 'Not Matches': {
      const pattern = compilePattern(raw);
      return negatedWhen(match.operator === 'Not Matches', (value) =>
        pattern.matcher(typeof value === 'string' ? value : '').find(),
      );
    }
  }
}

const negatedWhen = (isNegated: boolean, test: (value: unknown) => boolean): ((value: unknown) => boolean) =>
  isNegated ? (value) => !test(value) : test;

function equals(match: Match, field: Field): (value: unknown) => boolean {
  const wanted = coerce(match, field);
  const zero = field.kind === 'int' ? 0 : field.kind === 'bool' ? false : '';
  return (value) => (value ?? zero) === wanted;
}

function coerce(match: Match, field: Field): unknown {
  const raw = match.value ?? '';
  if (field.kind === 'int') return /^[+-]?[0-9]+$/.test(raw) ? Number(raw) : refuseValue(match, 'strconv.ParseInt');
  if (field.kind !== 'bool') return raw;
  if (/^(1|t|T|true|TRUE|True)$/.test(raw)) return true;
  return /^(0|f|F|false|FALSE|False)$/.test(raw) ? false : refuseValue(match, 'strconv.ParseBool');
}

function refuseValue(match: Match, parser: string): never {
  const raw = quoteGo(match.value ?? '');
  const reason = `${parser}: parsing ${raw}: invalid syntax`;
  throw serverError(`${PREFIX}Failed to coerce value ${raw} for selector ${selectorText(match.selector)}: ${reason}`);
}

function holds(value: unknown, wanted: string): boolean {
  if (typeof value === 'string') return value.includes(wanted);
  if (Array.isArray(value)) return value.includes(wanted);
  return typeof value === 'object' && value !== null && Object.hasOwn(value, wanted);
}

function isEmpty(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return typeof value !== 'object' || value === null || Object.keys(value).length === 0;
}

function compilePattern(raw: string): RE2JS {
  try {
    return regularExpression(raw);
  } catch (error) {
    throw serverError(`${PREFIX}Failed to compile regular expression ${quoteGo(raw)}: ${messageOf(error)}`);
  }
}
