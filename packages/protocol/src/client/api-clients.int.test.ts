import { Server, ServerCredentials, type UntypedServiceImplementation } from '@grpc/grpc-js';
import { ApiError } from '../api/api-error';
import type { KvApi } from '../api/kv';
import { kvService } from '../grpc/kv-service';
import { loadService } from '../grpc/load-service';
import { connectCatalog } from './catalog-client';
import { connectKv } from './kv-client';

const put = { key: 'k', value: new Uint8Array(0) };
const never = new AbortController().signal;

async function serveKv(implementation: UntypedServiceImplementation): Promise<{ server: Server; address: string }> {
  const server = new Server();
  server.addService(loadService('tribune.kv.v1.KV').definition, implementation);
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (failed, bound) =>
      failed ? reject(failed) : resolve(bound),
    ),
  );
  return { server, address: `127.0.0.1:${port}` };
}

/** tcpmux, which nobody serves: a port that was just closed could be somebody's by now. */
const ADDRESS_OF_NOBODY = '127.0.0.1:1';

describe('the clients of the public API', () => {
  it('say UNAVAILABLE when nobody listens: the write was certainly not done', async () => {
    const address = ADDRESS_OF_NOBODY;
    const [kv, catalog] = [connectKv({ address }), connectCatalog({ address })];
    await expect(kv.put(put)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await expect(catalog.deregister({ node: 'n' })).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await expect(catalog.watchNodes({}, never)[Symbol.asyncIterator]().next()).rejects.toBeInstanceOf(ApiError);
    kv.close();
    catalog.close();
  });

  it('pass on what the server says, with the field', async () => {
    let error = new ApiError({ code: 'UNAVAILABLE' }, 'no cluster leader');
    const { server, address } = await serveKv(kvService({ put: () => Promise.reject(error) } as unknown as KvApi));
    const kv = connectKv({ address });
    await expect(kv.put(put)).rejects.toMatchObject({ code: 'UNAVAILABLE', message: 'no cluster leader' });
    error = new ApiError({ code: 'INVALID_ARGUMENT', field: 'ops[3].é' }, 'ops[3].é: no');
    await expect(kv.put(put)).rejects.toMatchObject({ detail: { code: 'INVALID_ARGUMENT', field: 'ops[3].é' } });
    for (const code of ['NOT_FOUND', 'FAILED_PRECONDITION', 'RESOURCE_EXHAUSTED', 'UNKNOWN'] as const) {
      error = new ApiError({ code }, 'because');
      await expect(kv.put(put)).rejects.toMatchObject({ code, message: 'because' });
    }
    kv.close();
    server.forceShutdown();
  });

  it('say UNKNOWN for a write behind which the connection broke, UNAVAILABLE for a read', async () => {
    for (const [method, code] of [
      ['put', 'UNKNOWN'],
      ['get', 'UNAVAILABLE'],
    ] as const) {
      const breakOff = (): void => server.forceShutdown();
      const { server, address } = await serveKv({ put: breakOff, get: breakOff });
      const kv = connectKv({ address });
      await expect(method === 'put' ? kv.put(put) : kv.get('k')).rejects.toMatchObject({ code });
      kv.close();
    }
  });
});
