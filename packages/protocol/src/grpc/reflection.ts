import type { PackageDefinition } from '@grpc/proto-loader';
import { ReflectionService } from '@grpc/reflection';
import { loadService, type ServiceName } from './load-service';

/** Server reflection (v1 and v1alpha) over the served contracts, so that `grpcurl` needs no files. */
export function reflectionOf(names: readonly ServiceName[]): ReflectionService {
  const merged: PackageDefinition = Object.assign({}, ...names.map((name) => loadService(name).packageDefinition));
  return new ReflectionService(merged, { services: [...names] });
}
