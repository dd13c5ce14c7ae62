import { CodedError } from '@tribune/platform';

export type HttpErrorDetail = {
  readonly code: 'HTTP_ANSWER';
  readonly status: number;
  /** Seconds for `Retry-After`, when another try may help. */
  readonly retryAfterS?: number;
  /** Further headers, name and value in turn. */
  readonly headers?: readonly string[];
};

export interface HttpErrorOptions {
  readonly retryAfterS?: number;
  readonly headers?: readonly string[];
  readonly cause?: unknown;
}

/** An error answer: a status and one sentence, sent as `text/plain` as Consul does. */
export class HttpError extends CodedError<HttpErrorDetail> {
  constructor(status: number, sentence: string, options: HttpErrorOptions = {}) {
    const { retryAfterS, headers } = options;
    super({ code: 'HTTP_ANSWER', status, retryAfterS, headers }, sentence, { cause: options.cause });
  }

  get status(): number {
    return this.detail.status;
  }
}

export const badRequest = (sentence: string): HttpError => new HttpError(400, sentence);
/** Consul answers most refusals of its servers with 500 and the bare sentence; clients match on it. */
export const serverError = (sentence: string): HttpError => new HttpError(500, sentence);
export const notFound = (sentence: string): HttpError => new HttpError(404, sentence);
export const noClusterLeader = (): HttpError => new HttpError(500, 'No cluster leader');
