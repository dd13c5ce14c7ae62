import { Metrics } from '@tribune/platform';
import { freePort } from '@tribune/testkit';
import { gossipMetrics } from '../metrics';
import { PoolTransport } from './pool-transport';

describe('a ping over TCP', () => {
  const options = {
    pool: 'lan',
    name: 'a',
    bindAddress: '127.0.0.1',
    port: 0,
    streamTimeoutMs: 60_000,
    connectionsMax: 8,
    label: '',
    keyring: undefined,
    verifyIncoming: true,
    verifyOutgoing: true,
  };
  const nothing = (): never => {
    throw new Error('only pings are expected');
  };
  const handlers = { message: nothing, packetEnd: nothing, exchange: nothing, malformed: nothing };

  it('tells an answer from silence, and silence from nobody being there', async () => {
    const transport = new PoolTransport(options, handlers, gossipMetrics(new Metrics()));
    await transport.open();
    const outcome = (node: string, port: number) =>
      transport.ping({ host: '127.0.0.1', port }, { kind: 'ping', seqNo: 7, node }, 60_000);
    expect(await outcome('a', transport.port)).toBe('reached');
    expect(await outcome('somebody-else', transport.port)).toBe('silent');
    expect(await outcome('a', await freePort())).toBe('refused');
    await transport.close();
  });
});
