import { silentLogger, systemClock, systemRandom } from '@tribune/platform';
import type { StateApi } from '../api/state';
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
