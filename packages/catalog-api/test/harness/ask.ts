import type { Harness } from './agent-harness';
import { exchange, type Answer } from '../conformance/exchange';

/** `ask('PUT /v1/kv/a', 'value')`. An object goes as JSON. */
export type Ask = (line: string, body?: string | Buffer | object, headers?: Record<string, string>) => Promise<Answer>;

export function asking({ api }: Harness): Ask {
  return (line, body, headers) => {
    const space = line.indexOf(' ');
    const bytes =
      body === undefined || Buffer.isBuffer(body)
        ? body
        : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
    return exchange(api.port, {
      method: line.slice(0, space),
      path: line.slice(space + 1),
      body: bytes as Buffer | undefined,
      headers,
    });
  };
}

export const textOf = (answer: Answer): string => answer.body.toString('utf8');
export const jsonOf = <T = never>(answer: Answer): T => JSON.parse(textOf(answer)) as T;
export const indexOf = (answer: Answer): number => Number(answer.headers['x-consul-index']);
