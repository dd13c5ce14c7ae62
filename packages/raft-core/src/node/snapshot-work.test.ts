import { seededRandom, silentLogger } from '@tribune/platform';
import { SimClock } from '@tribune/testkit';
import type { SnapshotMeta } from '../core/message';
import { JournalMachine } from '../testing/journal-machine';
import { MemoryLogStore } from '../testing/memory-log-store';
import { MemorySnapshotStore } from '../testing/memory-snapshot-store';
import type { PeerReceiver, PeerTransport } from '../transport/peer-transport';
import { RaftNode } from './raft-node';

const CONFIGURATION = {
  voters: ['a', 'b', 'c'].map((id) => ({ id, address: id })),
  outgoing: [],
  learners: [],
};

/** What a leader sends: a journal with one line up to `index`. */
async function* chunksAt(index: number): AsyncGenerator<Uint8Array> {
  yield Buffer.from(JSON.stringify([{ index, text: `state at ${index}` }]));
}

/** A follower that has heard of term 6, and a hand that speaks for its peers. */
async function follower() {
  let peer!: PeerReceiver;
  const transport = {
    attach: (receiver: PeerReceiver) => void (peer = receiver),
    start: async () => undefined,
    stop: async () => undefined,
    send: () => undefined,
    setPeers: () => undefined,
  } as unknown as PeerTransport;
  const stateMachine = new JournalMachine();
  const node = new RaftNode(
    { id: 'c', address: 'c', freeBytesMin: 1 },
    {
      logStore: new MemoryLogStore(),
      snapshotStore: new MemorySnapshotStore(),
      transport,
      stateMachine,
      clock: new SimClock(),
      random: seededRandom(1),
      logger: silentLogger,
    },
  );
  await node.start();
  peer.message({ type: 'heartbeat', from: 'b', to: 'c', term: 6, commitIndex: 0, readToken: 0 });
  const send = async (from: string, term: number, index: number): Promise<void> => {
    const meta: SnapshotMeta = { index, term: 5, configuration: CONFIGURATION };
    await peer.snapshot({ from, to: 'c', term, meta, bytes: 0 }, chunksAt(index));
    // Written in one turn of the event loop, restored in the next.
    for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
  };
  return { node, stateMachine, send };
}

test('a snapshot of a deposed leader that is newer than what the next leader sends takes its place', async () => {
  const { node, stateMachine, send } = await follower();
  await send('a', 5, 200);
  expect(node.status()).toMatchObject({ appliedIndex: 0, failure: undefined });
  await send('b', 6, 150);
  expect(node.status()).toMatchObject({ appliedIndex: 200, snapshotIndex: 200, failure: undefined });
  expect(stateMachine.texts).toEqual(['state at 200']);
  await node.stop();
});
