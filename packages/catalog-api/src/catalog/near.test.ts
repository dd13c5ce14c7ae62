import { LocalState, SimClock } from '@tribune/testkit';
import { sortNear } from './near';

const state = new LocalState(new SimClock());
for (const node of ['a', 'b', 'c']) {
  const row = { id: '', node, address: '10.0.0.1', datacenter: 'dc1', taggedAddresses: null, meta: null };
  state.apply({ type: 'register', node: row, skipNodeUpdate: false, checks: [] });
}
const at = (node: string, x: number) => ({
  node,
  segment: '',
  vec: [x, 0, 0, 0, 0, 0, 0, 0],
  error: 1,
  adjustment: 0,
  height: 0.001,
});
state.apply({ type: 'coordinate-update', updates: [at('a', 0), at('b', 0.5), at('c', 0.1)] });

const sorted = (near: string, nodes: string[]) => sortNear(state.view.tables, near, nodes, (node) => node);

test('rows come by estimated round-trip time, those without a coordinate last in their order', () => {
  expect(sorted('a', ['x', 'b', 'y', 'a', 'c'])).toEqual(['a', 'c', 'b', 'x', 'y']);
});

test('an unknown node and none sort nothing', () => {
  expect(sorted('nobody', ['c', 'a'])).toEqual(['c', 'a']);
  expect(sorted('', ['c', 'a'])).toEqual(['c', 'a']);
});
