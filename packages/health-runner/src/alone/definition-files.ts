import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, type Logger } from '@tribune/platform';
import {
  checkDefinitionFromJson,
  serviceDefinitionFromJson,
  type CheckDefinition,
  type DecodedDefinition,
  type JsonValue,
  type ServiceDefinition,
} from '@tribune/protocol';

export interface LoadedDefinitions {
  readonly services: readonly ServiceDefinition[];
  readonly checks: readonly CheckDefinition[];
}

/** Reads `service`, `services`, `check` and `checks` of every `*.json` file in lexical order. What is wrong is reported and skipped. */
export async function loadDefinitionFiles(folder: string, logger: Logger): Promise<LoadedDefinitions> {
  if (folder === '') return { services: [], checks: [] };
  const services: ServiceDefinition[] = [];
  const checks: CheckDefinition[] = [];
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();
  for (const name of names) {
    const path = join(folder, name);
    const take = <T>(into: T[], decoded: DecodedDefinition<T>): void => {
      if (decoded.problems.length === 0) into.push(decoded.definition);
      for (const { field, text } of decoded.problems) logger.error('definition refused', { path, field, reason: text });
    };
    try {
      const file = JSON.parse(await readFile(path, 'utf8')) as Record<string, JsonValue>;
      for (const one of listed(file.service, file.services)) take(services, serviceDefinitionFromJson(one, 'file'));
      for (const one of listed(file.check, file.checks)) take(checks, checkDefinitionFromJson(one, 'file'));
    } catch (thrown) {
      logger.error('definition file skipped', { path, error: messageOf(thrown) });
    }
  }
  return { services, checks };
}

function listed(one: JsonValue | undefined, many: JsonValue | undefined): readonly JsonValue[] {
  const list = Array.isArray(many) ? (many as readonly JsonValue[]) : [];
  return one === undefined ? list : [one, ...list];
}
