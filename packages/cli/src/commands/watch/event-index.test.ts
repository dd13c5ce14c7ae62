import { eventIndex, newEvents } from './event-index';

const first = { ID: 'a4002ef7-bee1-9d7d-e14e-943ff24580a1' };
const second = { ID: '009391fd-4892-512f-5268-e1cc09909c09' };

test('the index of an event is what the agent says in X-Consul-Index', () => {
  // Recorded from /v1/event/list with this event last.
  expect(eventIndex('8221d8d6-1a55-628b-1439-417d8034250a')).toBe(10815563467438770049n);
});

test('something that is no UUID has no index', () => {
  expect(eventIndex('x')).toBe(0n);
});

test('only events after the last seen one are new', () => {
  expect(newEvents([first, second], undefined)).toEqual([first, second]);
  expect(newEvents([first, second], eventIndex(first.ID))).toEqual([second]);
  expect(newEvents([first, second], eventIndex(second.ID))).toBeUndefined();
  expect(newEvents([second], eventIndex(first.ID))).toEqual([second]);
  expect(newEvents(null, undefined)).toEqual([]);
});
