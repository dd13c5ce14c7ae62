import { silentLogger } from '@tribune/platform';
import { controlService } from '../grpc/control-service';
import { GrpcServer } from '../grpc/server';
import { connectControl } from './control-client';

it('carries reload and leave to the agent', async () => {
  const leave = jest.fn(() => Promise.resolve());
  const service = controlService({ reload: () => Promise.resolve(['ports.http: is wrong']), leave });
  const server = new GrpcServer({ address: '127.0.0.1:0' }, silentLogger).add('tribune.control.v1.Control', service);
  await server.start();
  const client = connectControl({ address: `127.0.0.1:${server.port}` });
  expect(await client.reload()).toEqual(['ports.http: is wrong']);
  await client.leave();
  expect(leave).toHaveBeenCalledTimes(1);
  client.close();
  await server.stop();
});
