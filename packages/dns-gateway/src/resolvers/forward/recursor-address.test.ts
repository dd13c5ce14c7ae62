import { parseRecursor } from './recursor-address';

it.each([
  ['10.0.0.2', { host: '10.0.0.2', port: 53 }],
  ['10.0.0.2:5353', { host: '10.0.0.2', port: 5353 }],
  ['fd00::2', { host: 'fd00::2', port: 53 }],
  ['[fd00::2]:5353', { host: 'fd00::2', port: 5353 }],
  ['dns.example.com', undefined],
  ['10.0.0.2:0', undefined],
  ['10.0.0.2:99999', undefined],
  ['[10.0.0.2]:53', undefined],
  ['', undefined],
])('the recursor %s is %o', (text, expected) => {
  expect(parseRecursor(text)).toEqual(expected);
});
