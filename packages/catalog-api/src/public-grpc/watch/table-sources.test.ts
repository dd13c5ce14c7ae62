import type { Node } from '@tribune/protocol';
import { LocalState, SimClock } from '@tribune/testkit';
import type { Change } from './change-log';
import { PrefixRouter } from './prefix-router';
import { nodesSource, serviceNamesSource } from './table-sources';

const register = (state: LocalState, node: string): void => {
  const row = { id: '', node, address: '10.0.0.1', datacenter: 'dc1', taggedAddresses: null, meta: null };
  state.apply({ type: 'register', node: row, skipNodeUpdate: false, checks: [] });
};

it('when the whole state is replaced, a source compares only its own table', () => {
  const { view } = new LocalState(new SimClock());
  const follow = jest.spyOn(view, 'follow');
  const ignore = (): void => undefined;
  const opened = [
    nodesSource(view)(ignore),
    nodesSource(view, 'n1')(ignore),
    serviceNamesSource(view)(ignore),
    new PrefixRouter(view).source('a/')(ignore),
  ];
  expect(follow.mock.calls.map(([, tables]) => tables)).toEqual([['nodes'], ['nodes'], ['services'], ['kv']]);
  for (const source of opened) source.close();
});

it('nodes that a restored backup brings, and those that it has not, are told', () => {
  const backup = new LocalState(new SimClock());
  register(backup, 'new');
  const state = new LocalState(new SimClock());
  register(state, 'old');
  const changes: Change<Node, string>[] = [];
  const source = nodesSource(state.view)((change) => changes.push(change));
  const builder = state.machine.restore(state.machine.revision + 1);
  for (const chunk of backup.machine.snapshot().chunks()) builder.push(chunk);
  builder.finish();
  expect(changes).toMatchObject([{ upserts: [{ node: 'new' }], removals: ['old'] }]);
  source.close();
});
