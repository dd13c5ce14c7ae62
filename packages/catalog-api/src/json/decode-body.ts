import { badRequest } from '../http/http-error';
import type { Call } from '../http/call';
import { Decoding, type GoType } from './decoding';
import { JsonSyntaxError, parseLiterally } from './parse-json';

export interface DecodeOptions {
  readonly bytesMax: number;
  /** Unknown members are errors. */
  readonly isStrict: boolean;
}

/** Reads a JSON body into a Go type, with Go's complaints behind Consul's `Request decode failed: `. */
export async function decodeBody<T>(call: Call, type: GoType<T>, options: DecodeOptions): Promise<T> {
  return decodeBytes(await call.body(options.bytesMax), type, options.isStrict);
}

export function decodeBytes<T>(
  body: Buffer,
  type: GoType<T>,
  isStrict: boolean,
  complaint = 'Request decode failed: ',
): T {
  try {
    return decodeJson(body.toString('utf8'), type, isStrict);
  } catch (error) {
    if (error instanceof DecodeError || error instanceof JsonSyntaxError) throw badRequest(complaint + error.message);
    throw error;
  }
}

export class DecodeError extends Error {
  override readonly name = 'DecodeError';
}

export function decodeJson<T>(text: string, type: GoType<T>, isStrict: boolean): T {
  const decoding = new Decoding(isStrict);
  const value = type.read(parseLiterally(text), decoding);
  if (decoding.firstProblem !== undefined) throw new DecodeError(decoding.firstProblem);
  return value;
}
