import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '..');
const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
const mentioned = (pattern: RegExp, text: string): string[] => [...new Set(text.match(pattern) ?? [])].sort();
const source = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  .map((file) => readFileSync(join(ROOT, 'src', file), 'utf8'))
  .join('\n');

describe('the README', () => {
  it('names every metric, and no other', () => {
    const pattern = /tribune_gossip_[a-z_]+/g;
    expect(mentioned(pattern, readme)).toEqual(mentioned(pattern, source));
  });

  it('names every error code, and no other', () => {
    const pattern = /GOSSIP_[A-Z_]+/g;
    expect(mentioned(pattern, readme)).toEqual(mentioned(pattern, source));
  });

  it('names tests that exist', () => {
    for (const file of mentioned(/(?:core|serf|test)\/[a-z/-]+\.(?:int\.)?test\.ts/g, readme)) {
      const path = file.startsWith('test/') ? file : `src/${file}`;
      expect(() => readFileSync(join(ROOT, path))).not.toThrow();
    }
  });
});
