import type { MembershipEvent } from '@tribune/protocol';
import { WatchHub } from './watch-hub';

const snapshot: MembershipEvent = { kind: 'snapshot', pool: 'lan', members: [] };
const event = (name: string) => ({ kind: 'userEvent', event: { name } }) as unknown as MembershipEvent;

describe('the watch hub', () => {
  it('gives every watcher a snapshot and then every event, in order', async () => {
    const hub = new WatchHub();
    const abort = new AbortController();
    const watches = [1, 2].map(() => hub.watch(() => [snapshot], abort.signal));
    for (const watch of watches) expect((await watch.next()).value).toBe(snapshot);
    for (const name of ['a', 'b']) hub.publish(event(name));
    for (const watch of watches) {
      expect([(await watch.next()).value, (await watch.next()).value]).toEqual([event('a'), event('b')]);
    }
    const waiting = watches.map((watch) => watch.next());
    abort.abort();
    expect(await Promise.all(waiting)).toEqual(
      [{ done: true }, { done: true }].map((end) => ({ ...end, value: undefined })),
    );
  });

  it('ends the watch of somebody who falls too far behind, after what was kept', async () => {
    const hub = new WatchHub();
    const watch = hub.watch(() => [snapshot], new AbortController().signal);
    await watch.next();
    for (let i = 0; i < 9000; i++) hub.publish(event(`e${i}`));
    for (let i = 0; i < 8192; i++) expect((await watch.next()).value).toEqual(event(`e${i}`));
    await expect(watch.next()).rejects.toMatchObject({ code: 'GOSSIP_WATCH_LAGGED' });
  });

  it('keeps nothing for a watch that was aborted and left alone', async () => {
    const hub = new WatchHub();
    const abort = new AbortController();
    await hub.watch(() => [snapshot], abort.signal).next();
    abort.abort();
    expect((hub as unknown as { watchers: Set<unknown> }).watchers.size).toBe(0);
  });
});
