import { CodedError } from '@tribune/platform';

export class NodeError extends CodedError<{ code: 'RAFT_ALREADY_BOOTSTRAPPED' }> {}
