import type { CheckDefinition } from '../api/agent';

/** A definition with every field at its zero; spread over it what is given. */
export const EMPTY_CHECK_DEFINITION: CheckDefinition = {
  checkId: '', name: '', notes: '', status: '', serviceId: '', token: '',
  args: [], http: '', method: '', header: {}, body: '', disableRedirects: false,
  tcp: '', udp: '', grpc: '', grpcUseTls: false, h2ping: '', h2pingUseTls: true, ttlNs: 0,
  aliasNode: '', aliasService: '', dockerContainerId: '', shell: '', osService: '',
  tlsServerName: '', tlsSkipVerify: false, intervalNs: 0, timeoutNs: 0, deregisterCriticalServiceAfterNs: 0,
  successBeforePassing: 0, failuresBeforeWarning: 0, failuresBeforeCritical: 0, outputMaxSize: 0,
};
