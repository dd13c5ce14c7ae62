import type {
  FeedEvent,
  FeedRequest,
  FenceResult,
  LeaderStatus,
  OperatorResult,
  ProposeResult,
  Topic,
} from '../api/state';
import { loadService } from './load-service';
import * as wire from './state-wire';

const { definition } = loadService('tribune.state.v1.State');
type Codec = { serialize(value: object): Buffer; deserialize(bytes: Buffer): object };
const method = (name: string) =>
  definition[name] as unknown as Record<'request' | 'response', unknown> & Record<string, (v: never) => never>;

/** Through the real protobuf bytes and back. */
function roundTrip<T>(name: string, side: 'request' | 'response', value: object): T {
  const rpc = method(name);
  const codec: Codec =
    side === 'request'
      ? { serialize: rpc.requestSerialize as never, deserialize: rpc.requestDeserialize as never }
      : { serialize: rpc.responseSerialize as never, deserialize: rpc.responseDeserialize as never };
  return codec.deserialize(codec.serialize(value)) as T;
}

const bytes = Buffer.from([1, 2, 255]);

describe('state.v1 on the wire', () => {
  const results: ProposeResult[] = [
    { kind: 'applied', revision: Number.MAX_SAFE_INTEGER, outcome: bytes },
    { kind: 'noLeader' },
    { kind: 'refused', reason: 'full', retryable: true },
    { kind: 'unknown', reason: 'broken' },
  ];
  it.each(results)('keeps a result that is $kind', (result) => {
    const sent = { results: [wire.proposeResultToWire(7, result)] };
    const got = roundTrip<wire.WireProposeResults>('Propose', 'response', sent);
    expect(got.results[0]!.id).toBe('7');
    expect(wire.proposeResultFromWire(got.results[0]!)).toEqual(result);
  });

  const topics: Topic[] = [
    { kind: 'all' },
    { kind: 'catalog' },
    { kind: 'sessions' },
    { kind: 'node', node: 'n' },
    { kind: 'service', service: 'web' },
    { kind: 'kvPrefix', prefix: '' },
  ];
  it.each(topics)('keeps a subscription to $kind', (topic) => {
    const request: FeedRequest = { kind: 'subscribe', id: 3, topic, fromRevision: 9 };
    expect(wire.feedRequestFromWire(roundTrip('Feed', 'request', wire.feedRequestToWire(request)))).toEqual(request);
  });

  it.each<FeedRequest>([
    { kind: 'unsubscribe', id: 4 },
    { kind: 'await', revision: 12 },
  ])('keeps a request $kind', (request) => {
    expect(wire.feedRequestFromWire(roundTrip('Feed', 'request', wire.feedRequestToWire(request)))).toEqual(request);
  });

  const events: FeedEvent[] = [
    { kind: 'snapshot', id: 1, revision: 5, rows: bytes, first: true, last: false },
    { kind: 'deltas', id: 1, revision: 6, rows: bytes },
    { kind: 'progress', revision: 7 },
  ];
  it.each(events)('keeps a feed event $kind', (event) => {
    expect(wire.feedEventFromWire(roundTrip('Feed', 'response', wire.feedEventToWire(event)))).toEqual(event);
  });

  it('refuses a snapshot with any one bit changed on its way', () => {
    const [event] = events as [FeedEvent];
    const { snapshot } = wire.feedEventToWire(event);
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const rows = Buffer.from(bytes);
      rows[bit >> 3]! ^= 1 << (bit & 7);
      expect(() => wire.feedEventFromWire({ snapshot: { ...snapshot!, rows } })).toThrow('damaged on their way');
    }
    for (const flag of ['first', 'last'] as const)
      expect(() => wire.feedEventFromWire({ snapshot: { ...snapshot!, [flag]: !snapshot![flag] } })).toThrow('damaged');
    // A server of an earlier version.
    const { checksum: _checksum, ...plain } = snapshot!;
    expect(wire.feedEventFromWire({ snapshot: plain })).toEqual(event);
  });

  it('keeps a status, also of a server that never heard from a leader', () => {
    const status: LeaderStatus = {
      leaderAddress: 'a:1',
      leaderId: 'x',
      isLeader: false,
      term: 3,
      commitIndex: 10,
      appliedIndex: 9,
      lastContactMs: Infinity,
      peers: ['a:1'],
    };
    expect(wire.statusFromWire(roundTrip('Status', 'response', wire.statusToWire(status)))).toEqual(status);
  });

  it.each<FenceResult>([{ kind: 'confirmed', revision: 0 }, { kind: 'noLeader' }])('keeps a fence $kind', (fence) => {
    expect(wire.fenceFromWire(roundTrip('ReadFence', 'response', wire.fenceToWire(fence)))).toEqual(fence);
  });

  it.each<OperatorResult>([{ ok: true }, { ok: false, reason: 'no' }, { ok: false, reason: 'no', notFound: true }])(
    'keeps an operator result %j',
    (result) => {
      expect(
        wire.operatorResultFromWire(roundTrip('RemovePeer', 'response', wire.operatorResultToWire(result))),
      ).toEqual(result);
    },
  );

  it.each(['renewed', 'unknown', 'noLeader'] as const)('keeps a renewal %s', (renewal) => {
    expect(wire.renewalFromWire(roundTrip('RenewSession', 'response', wire.renewalToWire(renewal)))).toBe(renewal);
  });

  it('keeps stats and configurations', () => {
    const stats = { raft: { state: 'Leader' }, consul: {} };
    expect(wire.statsFromWire(roundTrip('Stats', 'response', wire.statsToWire(stats)))).toEqual(stats);
    const servers = [{ id: 'a', node: 'n', address: 'h:1', leader: true, voter: true, protocolVersion: '3' }];
    const configuration = { servers, index: 4 };
    expect(wire.configurationFromWire(roundTrip('RaftConfiguration', 'response', configuration))).toEqual(
      configuration,
    );
  });

  it.each([{}, { subscribe: { id: 1, topic: null, fromRevision: 0 } }])(
    'refuses a request without its parts: %j',
    (bad) => {
      expect(() => wire.feedRequestFromWire(roundTrip('Feed', 'request', bad))).toThrow(wire.WireError);
    },
  );

  it('refuses an index that is no safe integer', () => {
    expect(() => wire.indexFromWire('18446744073709551615', 'revision')).toThrow('revision is 18446744073709551615');
  });
});
