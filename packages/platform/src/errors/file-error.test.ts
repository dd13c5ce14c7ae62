import { readFileSync } from 'node:fs';
import { fileErrorText } from './file-error';

test('a file that is not there', () => {
  const read = (path: string): unknown => {
    try {
      return readFileSync(path);
    } catch (thrown) {
      return fileErrorText('open', path, thrown);
    }
  };
  expect(read('/none')).toBe('open /none: no such file or directory');
  expect(read('/')).toBe('open /: is a directory');
});

test('what has no words of its own keeps its message', () => {
  expect(fileErrorText('open', '/x', new Error('odd'))).toBe('open /x: odd');
});
