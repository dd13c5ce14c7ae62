import { dirname, join } from 'node:path';
import { credentials, loadPackageDefinition, type GrpcObject, type ServiceClientConstructor } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { silentLogger } from '@tribune/platform';
import { GrpcServer } from './server';

type Stream = NodeJS.ReadWriteStream;

/** As `grpcurl` does: asks with the contract of reflection alone. */
async function ask(port: number, version: string, request: object): Promise<Record<string, unknown>> {
  const folder = join(dirname(require.resolve('@grpc/reflection/package.json')), 'build/proto');
  const proto = loadSync(join(folder, `grpc/reflection/${version}/reflection.proto`), { oneofs: true });
  const services = ((loadPackageDefinition(proto).grpc as GrpcObject).reflection as GrpcObject)[version] as GrpcObject;
  const client = new (services.ServerReflection as ServiceClientConstructor)(
    `127.0.0.1:${port}`,
    credentials.createInsecure(),
  );
  const stream = (client.ServerReflectionInfo as () => Stream).call(client);
  const answer = new Promise<Record<string, unknown>>((resolve, reject) =>
    stream.on('data', resolve).on('error', reject),
  );
  (stream as unknown as { write(request: object): void }).write(request);
  return answer.finally(() => (stream.end(), client.close()));
}

describe.each(['v1', 'v1alpha'])('reflection %s', (version) => {
  const server = new GrpcServer({ address: '127.0.0.1:0' }, silentLogger).add('tribune.kv.v1.KV', {});
  beforeAll(() => server.start());
  afterAll(() => server.stop());

  it('lists what is served', async () => {
    const { listServicesResponse } = await ask(server.port, version, { listServices: '*' });
    const names = (listServicesResponse as { service: { name: string }[] }).service.map(({ name }) => name);
    expect(names.sort()).toEqual(['grpc.health.v1.Health', 'tribune.kv.v1.KV']);
  });

  it('describes a method, and says what it does not know', async () => {
    const { fileDescriptorResponse } = await ask(server.port, version, {
      fileContainingSymbol: 'tribune.kv.v1.KV.Get',
    });
    const [file] = (fileDescriptorResponse as { fileDescriptorProto: Buffer[] }).fileDescriptorProto;
    expect(file!.toString('latin1')).toContain('tribune.kv.v1');
    const { errorResponse } = await ask(server.port, version, { fileContainingSymbol: 'nope.Nope' });
    expect(errorResponse).toMatchObject({ errorMessage: 'Symbol not found: nope.Nope' });
  });
});
