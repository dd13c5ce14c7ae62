import {
  checkDefinitionFromJson,
  serviceDefinitionFromJson,
  type CheckDefinition,
  type DecodedDefinition,
  type DefinitionProblem,
  type JsonValue,
  type ServiceDefinition,
} from '@tribune/protocol';
import type { Call } from '../http/call';
import { badRequest, serverError, type HttpError } from '../http/http-error';
import { JsonSyntaxError, parseJson } from '../json/parse-json';

const PREFIX = 'Request decode failed: ';

export const readServiceDefinition = (call: Call, bytesMax: number): Promise<ServiceDefinition> =>
  readDefinition(call, bytesMax, serviceDefinitionFromJson);

export const readCheckDefinition = (call: Call, bytesMax: number): Promise<CheckDefinition> =>
  readDefinition(call, bytesMax, checkDefinitionFromJson);

async function readDefinition<T>(
  call: Call,
  bytesMax: number,
  decode: (value: JsonValue) => DecodedDefinition<T>,
): Promise<T> {
  const { definition, problems } = decode(parse((await call.body(bytesMax)).toString('utf8')));
  if (problems.length > 0) throw refusalOf(problems[0]!);
  return definition;
}

function parse(body: string): JsonValue {
  try {
    return parseJson(body);
  } catch (error) {
    throw error instanceof JsonSyntaxError ? badRequest(PREFIX + error.message) : error;
  }
}

/** Consul reports the first problem only, and those of a sidecar's checks as an error of the server. */
function refusalOf({ kind, field, text }: DefinitionProblem): HttpError {
  if (kind === 'decode') return badRequest(PREFIX + text);
  return field.startsWith('Connect.SidecarService.') ? serverError(`Bad request: ${text}`) : badRequest(text);
}
