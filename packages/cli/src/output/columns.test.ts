import { columns } from './columns';

test('columns are as wide as their widest cell; the last is not padded', () => {
  expect(
    columns([
      ['Node', 'DC'],
      ['längster', 'x'],
      ['a', 'dc1'],
    ]),
  ).toBe('Node      DC\nlängster  x\na         dc1');
});

test('an empty last cell leaves the gap, as in Consul', () => {
  expect(
    columns(
      [
        ['db', ''],
        ['web', 'a'],
      ],
      6,
    ),
  ).toBe('db       \nweb      a');
});
