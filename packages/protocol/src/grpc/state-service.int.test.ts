import { silentLogger, systemClock, systemRandom } from '@tribune/platform';
import type { ProposeResult, StateApi } from '../api/state';
import { connectState } from '../client/state-client';
import { GrpcServer } from './server';
import { StateService } from './state-service';

it('a feed that cannot be opened fails its caller, not the server', async () => {
  const api = {
    feed: () => {
      throw new Error('no feed today');
    },
  } as unknown as StateApi;
  const server = new GrpcServer({ address: '127.0.0.1:0' }, silentLogger);
  const service = new StateService({ api: () => api, leaderOnly: () => api, logger: silentLogger });
  await server.add('tribune.state.v1.State', service.implementation()).start();
  const servers = [`127.0.0.1:${server.port}`];
  const ports = { clock: systemClock, random: systemRandom, logger: silentLogger };
  const client = connectState({ servers: () => servers, holdMs: 0, ...ports });
  const drain = async (): Promise<void> => {
    for await (const _ of client.feed(new AbortController().signal)) return;
  };
  await expect(drain()).rejects.toThrow('no feed today');
  await expect(drain()).rejects.toThrow('no feed today');
  client.close();
  await server.stop();
});

it('a service that retires answers what it was sent, and its clients go elsewhere before they send more', async () => {
  const given: ((result: ProposeResult) => void)[] = [];
  let arrived = (): void => undefined;
  const slow = {
    propose: () =>
      new Promise<ProposeResult>((resolve) => {
        given.push(resolve);
        arrived();
      }),
  } as unknown as StateApi;
  const other = { propose: async () => applied(2) } as unknown as StateApi;
  const servers = await Promise.all([slow, other].map((api) => serve(api)));
  const addresses = servers.map(({ grpc }) => `127.0.0.1:${grpc.port}`);
  const ports = { clock: systemClock, random: systemRandom, logger: silentLogger };
  const client = connectState({ servers: () => addresses, ...ports });
  const first = client.propose(Buffer.from('first'));
  await new Promise<void>((resolve) => (arrived = resolve));
  const retired = servers[0]!.service.retire(10_000);
  await eventuallyRevision(client, 2);
  for (const give of given) give(applied(1));
  expect(await first).toMatchObject({ kind: 'applied', revision: 1 });
  await retired;
  client.close();
  await Promise.all(servers.map(({ grpc }) => grpc.stop()));
});

const applied = (revision: number): ProposeResult => ({ kind: 'applied', revision, outcome: Buffer.alloc(0) });

async function serve(api: StateApi): Promise<{ readonly grpc: GrpcServer; readonly service: StateService }> {
  const grpc = new GrpcServer({ address: '127.0.0.1:0' }, silentLogger);
  const service = new StateService({ api: () => api, leaderOnly: () => api, logger: silentLogger });
  await grpc.add('tribune.state.v1.State', service.implementation()).start();
  return { grpc, service };
}

/** Proposes, without waiting for the answers of the slow server, until one comes from the server of this revision. */
async function eventuallyRevision(client: ReturnType<typeof connectState>, revision: number): Promise<void> {
  let seen = false;
  while (!seen) {
    void client.propose(Buffer.from('more')).then((result) => {
      if (result.kind === 'applied' && result.revision === revision) seen = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
