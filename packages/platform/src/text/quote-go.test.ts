import { quoteGo } from './quote-go';

test('%q of Go', () => {
  expect(quoteGo('a"b\\\n\u0001ç\u00a0')).toBe('"a\\"b\\\\\\n\\x01ç\\u00a0"');
});
