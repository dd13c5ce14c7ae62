import type { UntypedServiceImplementation } from '@grpc/grpc-js';
import type { ControlApi } from '../api/control';
import { unary } from './server';

/** `control.v1` over gRPC. */
export function controlService(api: ControlApi): UntypedServiceImplementation {
  return {
    reload: unary(async () => ({ problems: await api.reload() })),
    leave: unary(async () => {
      await api.leave();
      return {};
    }),
  };
}
