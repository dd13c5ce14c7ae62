import { parseFilter } from './grammar';

const WANTED_VALUE = '"-", "0", "\\"", "`", [ \\t\\r\\n], [1-9] or [a-zA-Z]';

describe('filter language', () => {
  test.each([
    ['Node ==', `1:8 (7): no match found, expected: ${WANTED_VALUE}`],
    [
      'Node f1',
      '1:6 (5): no match found, expected: "!=", "==", "contains", "in", "is", "matches", "not" or [ \\t\\r\\n]',
    ],
    ['()', `1:2 (1): no match found, expected: "(", "-", "0", "\\"", "\`", "not", [ \\t\\r\\n], [1-9] or [a-zA-Z]`],
    ['(Node == f1', '1:12 (11): rule "grouping": Unmatched parentheses'],
    ['Node == f1 AND ServicePort == 10', '1:12 (11): no match found, expected: "and", "or", [ \\t\\r\\n] or EOF'],
    ['NodeMeta.`with-dash` == y', '1:10 (9): no match found, expected: [a-zA-Z]'],
    ["Node == 'f1'", `1:9 (8): no match found, expected: ${WANTED_VALUE}`],
  ])('%s is refused with the sentence Consul gives', (text, problem) => {
    expect(parseFilter(text)).toEqual({ problem });
  });

  test('and binds tighter than or', () => {
    expect(parseFilter('a == 1 or b == 2 and c == 3')).toMatchObject({
      expression: { kind: 'or', left: { selector: ['a'] }, right: { kind: 'and' } },
    });
  });

  test('deep nesting takes no exponential time', () => {
    const depth = 200;
    const started = performance.now();
    expect(parseFilter(`${'('.repeat(depth)}a == 1${')'.repeat(depth)}`)).toHaveProperty('expression');
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});
