import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** In the middle of the largest file that LevelDB writes to. */
export function flipByte(folder: string): void {
  const path = levelFiles(folder).sort((a, b) => statSync(b).size - statSync(a).size)[0]!;
  flip(path, Math.floor(statSync(path).size / 2));
}

/** The first byte of `text` wherever it stands in the log. Throws when it stands nowhere: nothing would be damaged. */
export function flipText(folder: string, text: string): void {
  const hit = levelFiles(folder).filter((path) => {
    const at = readFileSync(path).indexOf(text);
    if (at >= 0) flip(path, at);
    return at >= 0;
  });
  if (hit.length === 0) throw new Error(`${text} is not in ${folder}`);
}

function flip(path: string, at: number): void {
  const bytes = readFileSync(path);
  bytes[at]! ^= 0x10;
  writeFileSync(path, bytes);
}

function levelFiles(folder: string): string[] {
  const names = readdirSync(folder).filter((name) => /\.(log|ldb)$/.test(name));
  return names.map((name) => join(folder, name));
}
