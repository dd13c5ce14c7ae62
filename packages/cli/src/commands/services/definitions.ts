import type { JsonObject } from '../../json/exact-json';
import { Complaint } from '../../errors/complaint';

/** A service found in a configuration file. */
export interface FoundService {
  readonly id: string;
  readonly name: string;
  /** As written, for `/v1/agent/service/register`, which understands the file's spelling. */
  readonly body: JsonObject;
}

/** The services in HCL or JSON files. The launcher owns that format and says what is wrong with a file. */
export function readDefinitions(paths: readonly string[]): readonly FoundService[] {
  const { readServiceFiles } = require('@tribune/launcher') as typeof import('@tribune/launcher');
  const { services, problems } = readServiceFiles(paths);
  if (problems.length > 0) throw new Complaint(`Error: ${problems.join('\n       ')}`);
  return services as readonly FoundService[];
}
