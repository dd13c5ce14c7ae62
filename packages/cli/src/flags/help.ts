import type { FlagTable } from './flag';

/** Consul's width: five spaces of indentation and 67 characters of text. */
const TEXT_WIDTH = 67;

/** A titled, sorted list of flags; nothing for an empty table. */
export function flagSection(title: string, table: FlagTable): string {
  const names = Object.keys(table).sort();
  if (names.length === 0) return '';
  const entries = names.map((name) => {
    const { placeholder, help } = table[name]!;
    const head = placeholder === undefined ? `  -${name}` : `  -${name}=<${placeholder}>`;
    return `${head}\n${wrap(help)}\n`;
  });
  return `\n${title}\n\n${entries.join('\n')}`;
}

function wrap(text: string): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line !== '' && line.length + 1 + word.length > TEXT_WIDTH) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].map((one) => `     ${one}`).join('\n');
}
