import type { Clock } from '@tribune/platform';
import type { FeedEvent, FeedRequest, FeedStream, Topic } from '@tribune/protocol';
import { decodeDeltas, encodeDeltas, type Delta } from '@tribune/state-store';
import { SimClock } from '@tribune/testkit';
import { FeedHub, type FeedSource } from './feed-hub';

const setting = (name: string, revision: number): Delta => ({
  table: 'settings',
  op: 'put',
  row: { name, value: '', createIndex: revision, modifyIndex: revision },
});
const HEARTBEAT_MS = 5_000;
const nameOf = (delta: Delta): string => (delta.row as { name: string }).name;

/** A state of settings; the topic `service` x stands for those whose name begins with x. */
class Source implements FeedSource {
  revision = 0;
  names: string[] = [];
  chunkSize = 100;

  snapshot(topic: Topic): Iterable<Uint8Array> {
    const rows = this.selector(topic).select(this.names.map((name) => setting(name, 0)));
    const chunks: Uint8Array[] = [];
    for (let i = 0; i < rows.length; i += this.chunkSize) chunks.push(encodeDeltas(rows.slice(i, i + this.chunkSize)));
    return chunks;
  }

  candidates(deltas: readonly Delta[]): string[] {
    return deltas.map((delta) => `service/${nameOf(delta)[0]}`);
  }

  selector(topic: Topic) {
    const prefix = topic.kind === 'service' ? topic.service : '';
    return { select: (deltas: readonly Delta[]) => deltas.filter((delta) => nameOf(delta).startsWith(prefix)) };
  }
}

class World {
  readonly source = new Source();
  readonly hub: FeedHub;

  constructor(revisionsMax = 100, clock: Clock = new SimClock()) {
    const history = { revisionsMax, bytesMax: 1 << 20 };
    this.hub = new FeedHub(this.source, clock, { history, heartbeatMs: HEARTBEAT_MS });
  }

  /** One command per name, all in one batch. */
  write(...names: string[]): void {
    for (const name of names) {
      this.source.revision++;
      this.source.names.push(name);
      this.hub.record(this.source.revision, [setting(name, this.source.revision)], 10);
    }
    this.hub.commit(this.source.revision);
  }

  open(): Reader {
    return new Reader(this.hub.open(new AbortController().signal));
  }
}

class Reader {
  private readonly iterator: AsyncIterator<FeedEvent>;

  constructor(private readonly stream: FeedStream) {
    this.iterator = stream[Symbol.asyncIterator]();
  }

  send(request: FeedRequest): this {
    this.stream.send(request);
    return this;
  }

  subscribe(id: number, topic: Topic, fromRevision = 0): this {
    return this.send({ kind: 'subscribe', id, topic, fromRevision });
  }

  close(): void {
    this.stream.close();
  }

  async next(): Promise<string> {
    const result = await this.iterator.next();
    return result.done ? 'end' : text(result.value);
  }

  /** Events up to and including the next progress, as text. */
  async untilProgress(): Promise<string[]> {
    const seen: string[] = [];
    do seen.push(await this.next());
    while (!seen.at(-1)!.startsWith('progress') && seen.at(-1) !== 'end');
    return seen;
  }
}

function text(event: FeedEvent): string {
  if (event.kind === 'progress') return `progress ${event.revision}`;
  const names = decodeDeltas(event.rows).map(nameOf).join(',');
  if (event.kind === 'deltas') return `${event.id}@${event.revision} ${names}`;
  const marks = `${event.first ? 'first' : ''}${event.last ? 'last' : ''}`;
  return `${event.id} snapshot@${event.revision} ${names} ${marks}`;
}

const ALL: Topic = { kind: 'all' };
const topic = (service: string): Topic => ({ kind: 'service', service });

describe('the feed', () => {
  it('gives a snapshot, then each batch as one event, then how far it is', async () => {
    const world = new World();
    world.write('a', 'b');
    const reader = world.open().subscribe(1, ALL);
    expect(await reader.untilProgress()).toEqual(['1 snapshot@2 a,b firstlast', 'progress 2']);
    world.write('c', 'd');
    expect(await reader.untilProgress()).toEqual(['1@4 c,d', 'progress 4']);
  });

  it('sends an empty snapshot for an empty state', async () => {
    const reader = new World().open().subscribe(1, ALL);
    expect(await reader.untilProgress()).toEqual(['1 snapshot@0  firstlast', 'progress 0']);
  });

  it('sends a large snapshot in chunks and lets others run in between', async () => {
    const world = new World();
    world.source.chunkSize = 1;
    const [a, b, c] = ['a', 'b', 'c'].map((letter) => letter.padEnd(20_000)) as [string, string, string];
    world.write(a, b, c);
    const reader = world.open().subscribe(1, ALL);
    const immediates: string[] = [];
    setImmediate(() => immediates.push('other work'));
    expect(await reader.untilProgress()).toEqual([
      `1 snapshot@3 ${a} first`,
      `1 snapshot@3 ${b} `,
      `1 snapshot@3 ${c} last`,
      'progress 3',
    ]);
    expect(immediates).toEqual(['other work']);
  });

  it('continues from a revision in the history, also from the middle of a batch', async () => {
    const world = new World();
    world.write('a', 'b', 'c');
    world.write('d');
    expect(await world.open().subscribe(1, ALL, 2).untilProgress()).toEqual(['1@3 c', '1@4 d', 'progress 4']);
    expect(await world.open().subscribe(1, ALL, 4).untilProgress()).toEqual(['progress 4']);
  });

  it('sends a snapshot when the deltas asked for are gone', async () => {
    const world = new World(2);
    world.write('a');
    world.write('b');
    world.write('c');
    world.write('d');
    expect(await world.open().subscribe(1, ALL, 1).untilProgress()).toEqual([
      '1 snapshot@4 a,b,c,d firstlast',
      'progress 4',
    ]);
  });

  it('sends nothing twice to a subscriber that is ahead of this server', async () => {
    const world = new World();
    world.write('a');
    const events = world.open().subscribe(1, ALL, 2).untilProgress();
    world.write('b');
    world.write('c');
    expect(await events).toEqual(['1@3 c', 'progress 3']);
  });

  it('lets a subscriber that knows more wait for its snapshot until this server knows as much', async () => {
    const world = new World();
    world.write('web');
    const reader = world.open().subscribe(1, { kind: 'service', service: 'w' }, 3);
    world.write('other');
    const next = reader.next();
    world.write('wide');
    expect(await next).toBe('1 snapshot@3 web,wide firstlast');
    expect(await reader.next()).toBe('progress 3');
  });

  it('says nothing before it was asked for anything', async () => {
    const clock = new SimClock();
    const world = new World(100, clock);
    world.write('web');
    const reader = world.open();
    const first = reader.next();
    await clock.advance(HEARTBEAT_MS);
    reader.subscribe(1, { kind: 'all' });
    expect(await first).toBe('1 snapshot@1 web firstlast');
  });

  it('starts a subscriber over that stays ahead: its rows came from a server that is no more', async () => {
    const clock = new SimClock();
    const world = new World(100, clock);
    world.write('a');
    const events = world.open().subscribe(1, ALL, 5000).untilProgress();
    await clock.elapse(3 * HEARTBEAT_MS);
    expect(await events).toEqual(['1 snapshot@1 a firstlast', 'progress 1']);
  });

  it('says how far it is when nothing happens', async () => {
    const clock = new SimClock();
    const reader = new World(100, clock).open().subscribe(1, ALL);
    await reader.untilProgress();
    const next = reader.next();
    await clock.elapse(HEARTBEAT_MS);
    expect(await next).toBe('progress 0');
  });

  it('gives a slow subscriber a snapshot instead of a queue that grows', async () => {
    const world = new World(4);
    const reader = world.open().subscribe(1, ALL);
    await reader.untilProgress();
    for (let i = 0; i < 50; i++) world.write(`x${i}`);
    const events = await reader.untilProgress();
    expect(events).toHaveLength(2);
    expect(events[0]).toMatch(/^1 snapshot@50 x0,x1,.*,x49 firstlast$/);
    expect(events[1]).toBe('progress 50');
  });

  it('starts over when a subscriber falls behind between two batches', async () => {
    const world = new World(4);
    const reader = world.open().subscribe(1, ALL);
    await reader.untilProgress();
    world.write('a');
    world.write('b');
    expect(await reader.next()).toBe('1@1 a');
    for (let i = 0; i < 6; i++) world.write(`x${i}`);
    const events = await reader.untilProgress();
    expect(events.at(-2)).toBe('1 snapshot@8 a,b,x0,x1,x2,x3,x4,x5 firstlast');
  });

  it('gives each subscription its own topic, all in one order of revisions', async () => {
    const world = new World();
    const reader = world.open().subscribe(1, topic('a')).subscribe(2, topic('b'));
    expect(await reader.next()).toBe('1 snapshot@0  firstlast');
    expect(await reader.next()).toBe('2 snapshot@0  firstlast');
    expect(await reader.next()).toBe('progress 0');
    world.write('a1');
    world.write('b1');
    world.write('a2', 'b2');
    const seen = await reader.untilProgress();
    expect(seen).toEqual(['1@1 a1', '2@2 b1', '1@4 a2', '2@4 b2', 'progress 4']);
  });

  it('does not wake a subscriber of a topic for what does not concern it, unless it waits for a revision', async () => {
    const world = new World();
    const reader = world.open().subscribe(1, topic('a'));
    await reader.untilProgress();
    const next = reader.next();
    world.write('b1');
    world.write('b2');
    await new Promise(setImmediate);
    reader.send({ kind: 'await', revision: 2 });
    expect(await next).toBe('progress 2');
    const later = reader.send({ kind: 'await', revision: 4 }).next();
    world.write('b3');
    world.write('b4');
    expect(await later).toBe('progress 4');
  });

  it('stops a subscription on request and can take the same id again', async () => {
    const world = new World();
    const reader = world.open().subscribe(1, ALL);
    await reader.untilProgress();
    reader.send({ kind: 'unsubscribe', id: 1 });
    reader.subscribe(1, topic('z'));
    expect(await reader.untilProgress()).toEqual(['1 snapshot@0  firstlast', 'progress 0']);
  });

  it('starts every subscription over when the state was replaced', async () => {
    const world = new World();
    const reader = world.open().subscribe(1, ALL);
    await reader.untilProgress();
    world.source.names = ['other'];
    world.source.revision = 90;
    world.hub.reset(90);
    expect(await reader.untilProgress()).toEqual(['1 snapshot@90 other firstlast', 'progress 90']);
    world.write('next');
    expect(await reader.untilProgress()).toEqual(['1@91 next', 'progress 91']);
  });

  it('carries what is applied but not yet sent in the snapshot and not again after it', async () => {
    const world = new World();
    world.source.revision = 1;
    world.source.names.push('a');
    world.hub.record(1, [setting('a', 1)], 10);
    const reader = world.open().subscribe(1, ALL);
    expect(await reader.untilProgress()).toEqual(['1 snapshot@1 a firstlast', 'progress 1']);
  });

  it('encodes a batch once for all subscribers of the same topic', async () => {
    const world = new World();
    const streams = [1, 2].map(() => world.hub.open(new AbortController().signal));
    const rows = await Promise.all(
      streams.map(async (stream) => {
        stream.send({ kind: 'subscribe', id: 1, topic: topic('a'), fromRevision: 0 });
        for await (const event of stream) {
          if (event.kind === 'progress' && event.revision === 0) world.write('a1');
          if (event.kind === 'deltas') return event.rows;
        }
        return undefined;
      }),
    );
    expect(rows[0]).toBeDefined();
    expect(rows[1]).toBe(rows[0]);
  });

  it('ends when the consumer closes it, and throws when the server goes away', async () => {
    const world = new World();
    const closing = world.open().subscribe(1, ALL);
    const failing = world.open().subscribe(1, ALL);
    await closing.untilProgress();
    await failing.untilProgress();
    expect(world.hub.subscriberCount).toBe(2);
    const [end, failure] = [closing.next(), failing.next()];
    closing.close();
    expect(await end).toBe('end');
    world.hub.close();
    await expect(failure).rejects.toMatchObject({ code: 'FEED_ENDED' });
    expect(world.hub.subscriberCount).toBe(0);
  });

  it('keeps a short history while nobody subscribes, and the whole one from the first subscriber on', () => {
    const clock = new SimClock();
    const world = new World(5_000, clock);
    const write = (count: number): void => {
      for (let i = 0; i < count; i++) world.write('a');
    };
    const { history } = world.hub;
    write(1_100);
    expect([history.reaches(99), history.reaches(100)]).toEqual([false, true]);
    const reader = world.open();
    write(300);
    expect(history.reaches(100)).toBe(true);
    // It may be back in a moment.
    reader.close();
    write(1);
    expect(history.reaches(100)).toBe(true);
    clock.advance(HEARTBEAT_MS);
    write(1);
    expect([history.reaches(401), history.reaches(402)]).toEqual([false, true]);
  });

  it('ends a subscriber that sends requests without reading events', () => {
    const reader = new World().open();
    const flood = (): void => {
      for (let id = 0; id < 10_000; id++) reader.subscribe(id, ALL);
    };
    expect(flood).toThrow('too many requests');
  });
});
