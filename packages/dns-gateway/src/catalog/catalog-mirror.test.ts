import { seededRandom, silentLogger, type Clock } from '@tribune/platform';
import { MemoryCatalog } from '../testing/memory-catalog';
import { registration } from '../testing/registrations';
import { CatalogMirror, type Lookup } from './catalog-mirror';

/** A clock whose timers run when the test says so. */
class ManualClock implements Clock {
  private readonly timers = new Set<() => void>();
  monotonicMs = (): number => 0;
  wallMs = (): number => 0;

  setTimer(_delayMs: number, callback: () => void): { cancel(): void } {
    this.timers.add(callback);
    return { cancel: () => void this.timers.delete(callback) };
  }

  runAll(): void {
    const due = [...this.timers];
    this.timers.clear();
    for (const callback of due) callback();
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

describe('the mirror of the catalog', () => {
  const clock = new ManualClock();
  let catalog: MemoryCatalog;
  let mirror: CatalogMirror;
  let changes: string[];

  beforeEach(async () => {
    catalog = new MemoryCatalog();
    changes = [];
    for (const service of ['web', 'Web', 'api']) await catalog.register(registration(service, { id: service }));
    const collaborators = { catalog, clock, random: seededRandom(1), logger: silentLogger };
    mirror = new CatalogMirror({ followedServicesMax: 10, followIdleMs: 60_000 }, collaborators, (name) =>
      changes.push(name),
    );
    await mirror.start();
  });
  afterEach(() => mirror.stop());

  it('takes names in any letter case, and services that differ only in it together', async () => {
    const { value: instances } = await known(() => mirror.instances('WEB'));
    expect(instances?.map(({ service }) => service.service).sort()).toEqual(['Web', 'web']);
    expect((await known(() => mirror.node('N1'))).value?.address).toBe('10.0.0.1');
  });

  it('lets go of a service that nobody asked for through a whole interval', async () => {
    await known(() => mirror.instances('api'));
    clock.runAll();
    expect(mirror.followedServices).toBe(1);
    clock.runAll();
    expect(mirror.followedServices).toBe(0);
    expect(changes.at(-1)).toBe('service/api');
    expect((await known(() => mirror.instances('api'))).value).toHaveLength(1);
  });

  it('keeps following what is used, also by kept answers alone', async () => {
    const { sources } = await known(() => mirror.instances('api'));
    for (let i = 0; i < 5; i++) {
      clock.runAll();
      sources[0]!.touch!.used = true;
    }
    expect(mirror.followedServices).toBe(1);
  });
});
