import { readDefinitions, unwrapped } from './build/definitions';
import type { PlainObject } from './hcl/plain-tree';
import { findFiles } from './load/find-files';
import { readSource, type Source } from './load/read-source';
import { agentFields } from './schema/agent-fields';
import { complete } from './schema/combine';
import { decode } from './schema/decode';
import { problemLine, type Problem } from './schema/problem';

/** A service as a configuration file spells it. */
export interface ServiceInFile {
  readonly id: string;
  readonly name: string;
  /** For `/v1/agent/service/register`, which reads the file's spelling too. */
  readonly body: PlainObject;
}

export interface ServiceFiles {
  readonly services: readonly ServiceInFile[];
  /** Sentences; when there are any, the services are not to be used. */
  readonly problems: readonly string[];
}

/** The services of configuration files and directories, for `tribune services register` and `deregister`. */
export function readServiceFiles(paths: readonly string[]): ServiceFiles {
  const files = findFiles(paths, undefined);
  const problems: Problem[] = [...files.problems];
  const services = files.sources.flatMap((source) => servicesOf(source, problems));
  return { services, problems: problems.map(problemLine) };
}

function servicesOf(source: Source, problems: Problem[]): readonly ServiceInFile[] {
  const reading = readSource(source);
  const report = (key: string, message: string): void => void problems.push({ key, message, source: source.name });
  if ('problem' in reading) {
    report('', reading.problem);
    return [];
  }
  const decoded = decode(reading.tree, agentFields);
  for (const { key, message } of decoded.problems) report(key, message);
  const given = complete(decoded.given, agentFields);
  const bodies = [...given.service, ...given.services].map(unwrapped);
  return readDefinitions(given, report).services.map(({ service }, at) => ({
    id: service.id,
    name: service.service,
    body: bodies[at]!,
  }));
}
