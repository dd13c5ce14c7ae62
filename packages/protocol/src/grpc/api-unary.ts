import type { Client, ServerUnaryCall, sendUnaryData } from '@grpc/grpc-js';
import { apiErrorFromStatus, apiErrorToStatus, asAnswer } from './api-status';
import { callUnary } from './channel';

/** Adapts an async function to a unary handler whose failures are {@link ApiError}s. */
export function apiUnary<Request, Response>(
  handle: (request: Request) => Promise<Response>,
): (call: ServerUnaryCall<Request, Response>, callback: sendUnaryData<Response>) => void {
  return (call, callback) => {
    Promise.resolve()
      .then(() => handle(call.request))
      .then(
        (response) => callback(null, response),
        (thrown: unknown) => callback(asAnswer(apiErrorToStatus(thrown))),
      );
  };
}

/** Calls a unary method; rejects with {@link ApiError}. */
export class ApiCaller {
  constructor(
    private readonly client: Client,
    private readonly timeoutMs: number,
  ) {}

  read<Response>(method: string, request: object): Promise<Response> {
    return this.call(method, request, false);
  }

  write<Response>(method: string, request: object): Promise<Response> {
    return this.call(method, request, true);
  }

  private async call<Response>(method: string, request: object, isWrite: boolean): Promise<Response> {
    try {
      return await callUnary<object, Response>(this.client, method, request, this.timeoutMs);
    } catch (thrown) {
      throw apiErrorFromStatus(thrown, isWrite);
    }
  }
}
