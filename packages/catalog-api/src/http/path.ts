/** Go's `path.Clean` as its ServeMux uses it: no `//`, `.` or `..`, the trailing slash stays. */
export function cleanPath(path: string): string {
  if (path === '') return '/';
  if (path.startsWith('/') && !/\/(\/|\.{1,2}(\/|$))/.test(path)) return path;
  const kept: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..') kept.pop();
    else if (segment !== '' && segment !== '.') kept.push(segment);
  }
  const cleaned = `/${kept.join('/')}`;
  return path.endsWith('/') && cleaned !== '/' ? `${cleaned}/` : cleaned;
}

const ASCII_PRINTABLE = /^[\x20-\x7e]*$/;
/** What Go's `unicode.IsPrint` refuses: anything but letters, marks, numbers, punctuation, symbols and the ASCII space. */
const UNPRINTABLE = /[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/u;

export function isPrintable(path: string): boolean {
  return ASCII_PRINTABLE.test(path) || !UNPRINTABLE.test(path);
}

/** Escapes a path for a `Location` header as Go's `URL.EscapedPath` does. */
export function escapePath(path: string): string {
  return path.replace(/[^A-Za-z0-9\-_.~$&+,/:;=@]/gu, percentEncode);
}

/** A header cannot carry anything else. */
export function escapeNonAscii(text: string): string {
  return text.replace(/[^\x21-\x7e]/gu, percentEncode);
}

function percentEncode(char: string): string {
  return [...Buffer.from(char)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => HTML[char]!);
}
const HTML: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&#34;', "'": '&#39;' };
