import type { MethodDefinition, Server, ServiceDefinition, UntypedServiceImplementation } from '@grpc/grpc-js';
import type { PackageDefinition } from '@grpc/proto-loader';
import type * as ReflectionModule from '@grpc/reflection';
import { describedService, type ServiceName } from './load-service';

const VERSIONS = ['grpc.reflection.v1.ServerReflection', 'grpc.reflection.v1alpha.ServerReflection'] as const;
const METHOD = 'ServerReflectionInfo';

interface Method {
  readonly definition: MethodDefinition<object, object>;
  readonly handle: (call: unknown) => void;
}

/**
 * Server reflection (v1 and v1alpha) over the served contracts, so that `grpcurl` needs no files. Its index of every
 * message takes some 80 ms to build: too much for each start of an agent, so the first who asks has it built.
 */
export function addReflection(server: Server, names: readonly ServiceName[]): void {
  let methods: ReadonlyMap<string, Method> | undefined;
  for (const version of VERSIONS) {
    const path = `/${version}/${METHOD}`;
    const method = (): Method => (methods ??= reflectionMethods(names)).get(path)!;
    const definition: MethodDefinition<object, object> = {
      path,
      requestStream: true,
      responseStream: true,
      requestSerialize: (value) => method().definition.requestSerialize(value),
      requestDeserialize: (bytes) => method().definition.requestDeserialize(bytes),
      responseSerialize: (value) => method().definition.responseSerialize(value),
      responseDeserialize: (bytes) => method().definition.responseDeserialize(bytes),
    };
    server.addService({ [METHOD]: definition }, { [METHOD]: (call: unknown) => method().handle(call) });
  }
}

/** By path, what the library would register with a server. */
function reflectionMethods(names: readonly ServiceName[]): ReadonlyMap<string, Method> {
  const { ReflectionService } = require('@grpc/reflection') as typeof ReflectionModule;
  const merged: PackageDefinition = Object.assign({}, ...names.map(describedService));
  const methods = new Map<string, Method>();
  const registrar = {
    addService(service: ServiceDefinition, implementation: UntypedServiceImplementation): void {
      const definition = service[METHOD] as MethodDefinition<object, object>;
      const handle = (implementation[METHOD] ?? implementation.serverReflectionInfo) as unknown as Method['handle'];
      methods.set(definition.path, { definition, handle });
    },
  };
  new ReflectionService(merged, { services: [...names] }).addToServer(registrar as unknown as Server);
  return methods;
}
