import { join } from 'node:path';
import {
  credentials,
  loadPackageDefinition,
  type Client,
  type GrpcObject,
  type ServiceClientConstructor,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { ROOT } from './child';

/** A client as an outsider writes it: @grpc/grpc-js, and the files in proto/. Nothing of Tribune's code. */
export function plainClient(file: string, service: string, port: number): Client & Record<string, Function> {
  const definition = loadSync(join(ROOT, 'proto', file), {
    includeDirs: [join(ROOT, 'proto')],
    longs: String,
    enums: String,
  });
  const scope = service
    .split('.')
    .reduce<GrpcObject>((inner, part) => inner[part] as GrpcObject, loadPackageDefinition(definition));
  const Constructor = scope as unknown as ServiceClientConstructor;
  return new Constructor(`127.0.0.1:${port}`, credentials.createInsecure()) as unknown as Client &
    Record<string, Function>;
}

export function call<T>(client: Client & Record<string, Function>, method: string, request: object): Promise<T> {
  return new Promise((resolve, reject) =>
    client[method]!(request, (error: Error | null, answer: T) => (error ? reject(error) : resolve(answer))),
  );
}
