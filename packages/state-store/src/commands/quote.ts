/** Text in double quotes as Go's `%q` writes it, because error sentences are part of the API. */
export function quote(text: string): string {
  return `"${text.replace(ESCAPED, escapeUnit)}"`;
}

const ESCAPED = /["\\\u0000-\u001f\u007f-\u009f\ufeff]/g;
const SHORT: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
};

function escapeUnit(unit: string): string {
  const code = unit.charCodeAt(0);
  return SHORT[unit] ?? (code < 0x80 ? `\\x${hex(code, 2)}` : `\\u${hex(code, 4)}`);
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}
