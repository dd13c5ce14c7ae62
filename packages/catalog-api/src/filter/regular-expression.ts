import type * as Re2 from 're2js';

/** A pattern in RE2's syntax, matched in linear time. The library is loaded for the first one: most agents never see any. */
export function regularExpression(pattern: string): Re2.RE2JS {
  return (require('re2js') as typeof Re2).RE2JS.compile(pattern);
}
