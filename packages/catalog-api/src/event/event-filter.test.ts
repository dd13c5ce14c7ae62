import { RecordingLogger } from '@tribune/testkit';
import type { AgentApi, LocalService, UserEvent } from '@tribune/protocol';
import { EventFilter } from './event-filter';

let services: { service: { id: string; tags: string[] } }[] = [];
const agent = { services: () => Promise.resolve(services as unknown as LocalService[]) } as unknown as AgentApi;
const event = (over: Partial<UserEvent>): UserEvent => ({
  id: 'e1',
  name: 'deploy',
  payload: new Uint8Array(),
  nodeFilter: '',
  serviceFilter: '',
  tagFilter: '',
  version: 1,
  ltime: 1,
  ...over,
});
const filter = (): EventFilter => new EventFilter('web-1', agent, new RecordingLogger());

beforeEach(() => {
  services = [{ service: { id: 'api', tags: ['v1'] } }, { service: { id: 'db-2', tags: ['v2', 'primary'] } }];
});

test.each<[Partial<UserEvent>, boolean]>([
  [{}, true],
  [{ nodeFilter: 'web' }, true],
  [{ nodeFilter: '^eb' }, false],
  [{ nodeFilter: '[' }, false],
  [{ serviceFilter: '^db-' }, true],
  [{ serviceFilter: 'cache' }, false],
  [{ serviceFilter: 'db', tagFilter: 'prim' }, true],
  [{ serviceFilter: 'api', tagFilter: 'prim' }, false],
  [{ nodeFilter: 'web', serviceFilter: 'cache' }, false],
  [{ name: '_rexec' }, false],
])('%j: %s', async (over, isTaken) => {
  expect(await filter().concerning([event(over)])).toHaveLength(isTaken ? 1 : 0);
});

test('an event is judged by the services that were there when it came', async () => {
  const one = filter();
  const [early, late] = [event({ id: 'a', serviceFilter: 'cache' }), event({ id: 'b', serviceFilter: 'cache' })];
  expect(await one.concerning([early])).toEqual([]);
  services.push({ service: { id: 'cache', tags: [] } });
  expect(await one.concerning([early, late])).toEqual([late]);
  services.length = 0;
  expect(await one.concerning([late])).toEqual([late]);
});
