import { seededRandom, silentLogger, type Clock } from '@tribune/platform';
import { MemoryCatalog } from '../testing/memory-catalog';
import { registration } from '../testing/registrations';
import type { CatalogMirror, Lookup } from './catalog-reader';
import { FullMirror } from './full-mirror';
import { OnDemandMirror } from './on-demand-mirror';

const IDLE_MS = 60_000;

/** A clock that stands still until the test moves it. */
class ManualClock implements Clock {
  private readonly timers = new Set<{ readonly dueMs: number; readonly callback: () => void }>();
  private nowMs = 0;
  monotonicMs = (): number => this.nowMs;
  wallMs = (): number => this.nowMs;

  setTimer(delayMs: number, callback: () => void): { cancel(): void } {
    const timer = { dueMs: this.nowMs + delayMs, callback };
    this.timers.add(timer);
    return { cancel: () => void this.timers.delete(timer) };
  }

  advance(ms: number): void {
    this.nowMs += ms;
    for (const timer of [...this.timers]) {
      if (timer.dueMs <= this.nowMs && this.timers.delete(timer)) timer.callback();
    }
  }
}

type Known<T> = Extract<Lookup<T>, { kind: 'known' }>;

async function known<T>(lookup: () => Lookup<T>): Promise<Known<T>> {
  for (;;) {
    const found = lookup();
    if (found.kind === 'known') return found;
    if (found.kind === 'unreachable') throw new Error('unreachable');
    await found.until;
  }
}

const makers = { full: FullMirror, 'on-demand': OnDemandMirror } as const;

describe.each(Object.entries(makers))('the %s mirror of the catalog', (_name, Mirror) => {
  let clock: ManualClock;
  let catalog: MemoryCatalog;
  let mirror: CatalogMirror;
  let changes: string[];

  beforeEach(async () => {
    clock = new ManualClock();
    catalog = new MemoryCatalog();
    changes = [];
    for (const service of ['web', 'Web', 'api']) await catalog.register(registration(service, { id: service }));
    const collaborators = { catalog, clock, random: seededRandom(1), logger: silentLogger };
    mirror = new Mirror({ followedServicesMax: 10, followIdleMs: IDLE_MS }, collaborators, (name) =>
      changes.push(name),
    );
    await mirror.start();
  });
  afterEach(() => mirror.stop());

  it('takes names in any letter case, and services that differ only in it together, by one watch', async () => {
    const { value: instances } = await known(() => mirror.instances('WEB'));
    expect(instances?.map(({ service }) => service.service).sort()).toEqual(['Web', 'web']);
    expect((await known(() => mirror.node('N1'))).value?.address).toBe('10.0.0.1');
    expect(catalog.opened.filter((name) => name.startsWith('service/'))).toEqual(['service/web']);
  });

  it('finds nodes by address, and says what is not there', async () => {
    expect((await known(() => mirror.nodeWithAddress(Uint8Array.of(10, 0, 0, 1)))).value?.node).toBe('n1');
    expect((await known(() => mirror.nodeWithAddress(Uint8Array.of(10, 0, 0, 2)))).value).toBeUndefined();
    expect((await known(() => mirror.instances('none'))).value).toBeUndefined();
    expect((await known(() => mirror.connectInstances('web'))).value).toEqual([]);
    expect((await known(() => mirror.node('none'))).value).toBeUndefined();
  });

  it('lets go of a service that nobody asked for through a whole interval', async () => {
    await known(() => mirror.instances('api'));
    clock.advance(IDLE_MS);
    expect(mirror.followed).toBe(1);
    clock.advance(IDLE_MS);
    expect(mirror.followed).toBe(0);
    expect(changes.at(-1)).toBe('service/api');
    expect((await known(() => mirror.instances('api'))).value).toHaveLength(1);
  });

  it('keeps following what is used, also by kept answers alone', async () => {
    const { sources } = await known(() => mirror.instances('api'));
    for (let i = 0; i < 5; i++) {
      clock.advance(IDLE_MS);
      sources[0]!.touch!.used = true;
    }
    expect(mirror.followed).toBe(1);
  });

  it('follows no more than it has room for', async () => {
    for (let i = 0; i < 30; i++) {
      await catalog.register(registration(`s${i}`));
      while (!(await known(() => mirror.instances(`s${i}`))).value) await new Promise(setImmediate);
    }
    expect(mirror.followed).toBe(10);
  });
});

describe('names that are not there', () => {
  it('asked of an on-demand mirror by the thousand do not crowd out what is', async () => {
    const clock = new ManualClock();
    const catalog = new MemoryCatalog();
    await catalog.register(registration('web'));
    const collaborators = { catalog, clock, random: seededRandom(1), logger: silentLogger };
    const mirror = new OnDemandMirror(
      { followedServicesMax: 1000, followIdleMs: IDLE_MS },
      collaborators,
      () => undefined,
    );
    await mirror.start();
    await known(() => mirror.instances('web'));
    for (let i = 0; i < 5000; i++) await known(() => mirror.instances(`random-${i}`));
    expect(mirror.followed).toBeLessThanOrEqual(65);
    clock.advance(5000);
    expect(mirror.followed).toBe(1);
    expect(catalog.opened.filter((name) => name === 'service/web')).toHaveLength(1);
    await mirror.stop();
  });

  it('are found as soon as they come, while they are followed', async () => {
    const catalog = new MemoryCatalog();
    const collaborators = { catalog, clock: new ManualClock(), random: seededRandom(1), logger: silentLogger };
    const mirror = new OnDemandMirror(
      { followedServicesMax: 10, followIdleMs: IDLE_MS },
      collaborators,
      () => undefined,
    );
    await mirror.start();
    expect((await known(() => mirror.instances('late'))).value).toBeUndefined();
    await catalog.register(registration('late'));
    while (!(await known(() => mirror.instances('late'))).value) await new Promise(setImmediate);
    await mirror.stop();
  });
});
