import { silentLogger } from '@tribune/platform';
import type { Client } from '@grpc/grpc-js';
import { callUnary, GrpcServer, openClient } from '../index';

describe('a gRPC server', () => {
  const server = new GrpcServer({ address: '127.0.0.1:0' }, silentLogger);
  beforeAll(() => server.start());
  afterAll(() => server.stop());

  it('answers the health protocol for itself and refuses unknown names', async () => {
    const client = openClient<Client>('grpc.health.v1.Health', { address: `127.0.0.1:${server.port}` });
    await expect(callUnary(client, 'check', { service: '' })).resolves.toEqual({ status: 'SERVING' });
    await expect(callUnary(client, 'check', { service: 'nope' })).rejects.toThrow(/unknown service nope/);
    client.close();
  });
});
