import Consul from 'consul';
import { eventually } from '@tribune/testkit';
import { AgentProcess } from '../src/agent-process';

/** The Consul client that Node people use, unchanged, against an agent. */
describe('the npm client "consul"', () => {
  let agent: AgentProcess;
  let consul: Consul;

  beforeAll(async () => {
    agent = await (await AgentProcess.create('client-test', {})).start('-dev').ready();
    consul = new Consul({ host: '127.0.0.1', port: agent.ports.http });
  });
  afterAll(() => agent.dispose());

  it('keeps configuration', async () => {
    expect(await consul.kv.set('app/color', 'blue')).toBe(true);
    expect(await consul.kv.get('app/color')).toMatchObject({ Key: 'app/color', Value: 'blue' });
    expect(await consul.kv.keys('app/')).toEqual(['app/color']);
    const operations = [{ KV: { Verb: 'set', Key: 'app/size', Value: 'eA==' } }];
    expect(await consul.transaction.create(operations as never)).toMatchObject({
      Results: [{ KV: { Key: 'app/size' } }],
    });
    await consul.kv.del({ key: 'app/', recurse: true });
    expect(await consul.kv.get('app/color')).toBeUndefined();
  });

  it('registers a service with a TTL check, and finds it while it passes', async () => {
    await consul.agent.service.register({ name: 'api', port: 81, check: { ttl: '10m', name: 'alive' } } as never);
    await eventually('the service', async () => Object.keys(await consul.catalog.services()).includes('api'));
    const passing = async (): Promise<number> =>
      ((await consul.health.service({ service: 'api', passing: true })) as unknown[]).length;
    expect(await passing()).toBe(0);
    await consul.agent.check.pass({ id: 'service:api' });
    await eventually('it passes', async () => (await passing()) === 1);
    await consul.agent.service.deregister('api');
    await eventually('it is gone', async () => !Object.keys(await consul.catalog.services()).includes('api'));
  });

  it('holds a lock with one session at a time', async () => {
    const first = (await consul.session.create({ name: 'a' })) as { ID: string };
    const second = (await consul.session.create({ name: 'b' })) as { ID: string };
    expect(await consul.kv.set({ key: 'leader', value: 'a', acquire: first.ID })).toBe(true);
    // The client shows a refused acquire, `false` on the wire, as nothing; with Consul too.
    expect(await consul.kv.set({ key: 'leader', value: 'b', acquire: second.ID })).toBeUndefined();
    expect(await consul.kv.set({ key: 'leader', value: 'a', release: first.ID })).toBe(true);
    expect(await consul.kv.set({ key: 'leader', value: 'b', acquire: second.ID })).toBe(true);
    await consul.session.destroy(second.ID);
    expect(await consul.kv.get('leader')).not.toHaveProperty('Session');
  });

  it('watches a key', async () => {
    await consul.kv.set('watched', '1');
    const seen: string[] = [];
    const watch = consul.watch({ method: consul.kv.get, options: { key: 'watched' } as never });
    watch.on('change', (entry: { Value: string }) => seen.push(entry.Value));
    watch.on('error', () => undefined);
    await eventually('the first value', async () => seen.includes('1'));
    await consul.kv.set('watched', '2');
    await eventually('the change', async () => seen.includes('2'));
    watch.end();
  });

  it('fires and lists events', async () => {
    await consul.event.fire({ name: 'deploy', payload: 'v2' });
    const events = await eventually('the event', async () => {
      const list = (await consul.event.list('deploy')) as { Payload: string }[];
      return list.length > 0 ? list : undefined;
    });
    expect(events[0]!.Payload).toBe('v2');
  });
});
