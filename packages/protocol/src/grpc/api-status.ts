import { Metadata, status, type ServiceError } from '@grpc/grpc-js';
import { messageOf } from '@tribune/platform';
import { ApiError, type ApiErrorDetail } from '../api/api-error';
import { RpcError, toServiceError } from './server';

const STATUS: Record<ApiErrorDetail['code'], status> = {
  INVALID_ARGUMENT: status.INVALID_ARGUMENT,
  NOT_FOUND: status.NOT_FOUND,
  FAILED_PRECONDITION: status.FAILED_PRECONDITION,
  UNAVAILABLE: status.UNAVAILABLE,
  RESOURCE_EXHAUSTED: status.RESOURCE_EXHAUSTED,
  UNKNOWN: status.UNKNOWN,
};
/** Trailer with the name of the wrong field, for programs; people read it in the message. */
const FIELD_TRAILER = 'tribune-field';

export function apiErrorToStatus(thrown: unknown): Partial<ServiceError> {
  if (!(thrown instanceof ApiError)) return toServiceError(thrown);
  const metadata = new Metadata();
  if (thrown.detail.code === 'INVALID_ARGUMENT') metadata.set(FIELD_TRAILER, encodeURIComponent(thrown.detail.field));
  return { code: STATUS[thrown.code], details: thrown.message, message: thrown.message, metadata };
}

/** Of anything that a call rejects with. A broken connection leaves it open whether a write was done. */
export function apiErrorFromStatus(thrown: unknown, isWrite: boolean): Error {
  if (thrown instanceof ApiError || thrown instanceof RpcError) return thrown;
  const { code, details, metadata } = thrown as Partial<ServiceError>;
  const message = details ?? messageOf(thrown);
  const fail = (detail: ApiErrorDetail): ApiError => new ApiError(detail, message, { cause: thrown });
  switch (code) {
    case status.INVALID_ARGUMENT:
      return fail({
        code: 'INVALID_ARGUMENT',
        field: decodeURIComponent(String(metadata?.get(FIELD_TRAILER)[0] ?? '')),
      });
    case status.NOT_FOUND:
      return fail({ code: 'NOT_FOUND' });
    case status.FAILED_PRECONDITION:
      return fail({ code: 'FAILED_PRECONDITION' });
    case status.RESOURCE_EXHAUSTED:
      return fail({ code: 'RESOURCE_EXHAUSTED' });
    case status.UNAVAILABLE:
      // grpc-js says UNAVAILABLE also when the connection broke behind a request that had been sent.
      return fail({
        code: isWrite && !isFromServer(metadata) && !NEVER_SENT.test(message) ? 'UNKNOWN' : 'UNAVAILABLE',
      });
    default:
      return fail({ code: isWrite ? 'UNKNOWN' : 'UNAVAILABLE' });
  }
}

/** How grpc-js words the failures of requests that never left. */
const NEVER_SENT = /^(?:No connection established|Name resolution failed)/;

/** Statuses of ours come with trailers of ours; see {@link SERVER_TRAILER}. */
const isFromServer = (metadata: Metadata | undefined): boolean =>
  metadata !== undefined && metadata.get(SERVER_TRAILER).length > 0;
const SERVER_TRAILER = 'tribune-answered';

/** Marks a failure as the server's own word. */
export function asAnswer(error: Partial<ServiceError>): Partial<ServiceError> {
  const metadata = error.metadata ?? new Metadata();
  metadata.set(SERVER_TRAILER, '1');
  return { ...error, metadata };
}
