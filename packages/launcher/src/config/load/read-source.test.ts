import { readSource } from './read-source';

const read = (format: 'json' | 'hcl', text: string) => readSource({ name: 'file', format, text });

test.each([
  ['json', ''],
  ['json', ' \n'],
  ['json', 'null'],
  ['hcl', ''],
] as const)('a %s file with %j in it says nothing, and nothing wrong', (format, text) => {
  expect(read(format, text)).toEqual({ tree: {} });
});

test.each(['[]', '1', '{'])('%s is no configuration', (text) => {
  expect(read('json', text)).toEqual({ problem: expect.stringMatching(/^invalid JSON: /) });
});
