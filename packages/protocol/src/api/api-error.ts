import { CodedError } from '@tribune/platform';

/** Why a call to {@link CatalogApi} or {@link KvApi} failed; the same for the object in the process and over gRPC. */
export type ApiErrorDetail =
  /** The request is wrong and will stay wrong; `field` is its name in the contract (`service.weights.passing`). */
  | { readonly code: 'INVALID_ARGUMENT'; readonly field: string }
  | { readonly code: 'NOT_FOUND' }
  /** The state machine says no (a session that does not exist, a lock delay that runs). Nothing was done. */
  | { readonly code: 'FAILED_PRECONDITION' }
  /** No leader, or no way to the server. Certainly not done; try again. */
  | { readonly code: 'UNAVAILABLE' }
  /** Refused by load. Certainly not done; try again later. */
  | { readonly code: 'RESOURCE_EXHAUSTED' }
  /** A write that may or may not have been done. */
  | { readonly code: 'UNKNOWN' };

export class ApiError extends CodedError<ApiErrorDetail> {}

export const invalidArgument = (field: string, rule: string): ApiError =>
  new ApiError({ code: 'INVALID_ARGUMENT', field }, `${field}: ${rule}`);
