import { freezeDeep } from './freeze-deep';
import type { AgentConfig } from './agent-config';
import { buildConfig, systemMachine, type Machine } from './build/build-config';
import { systemInterfaces } from './build/interfaces';
import { devProfile } from './load/dev-profile';
import { findFiles } from './load/find-files';
import type { Flags } from './load/flags';
import { readSource, type Source, type SourceFormat } from './load/read-source';
import { agentFields, type GivenAgent } from './schema/agent-fields';
import { combine, complete } from './schema/combine';
import { decode } from './schema/decode';
import { ConfigError, type Problem } from './schema/problem';

/**
 * Reads the whole configuration: the `-dev` profile, list flags, files and directories in the order given, single
 * flags, `-hcl` fragments; each overrules the one before. Throws one {@link ConfigError} with everything that is wrong.
 */
export function loadConfig(flags: Flags, machine: Machine = systemMachine(systemInterfaces)): AgentConfig {
  const problems: Problem[] = [...flags.problems];
  const format = formatOf(flags, problems);
  const files = findFiles(flags.paths, format);
  problems.push(...files.problems);
  const hcl = flags.hcl.map((text): Source => ({ name: '-hcl', format: 'hcl', text }));
  const layers: GivenAgent[] = [
    flags.isDev ? devProfile : {},
    flags.lists,
    ...files.sources.map((source) => readLayer(source, problems)),
    flags.values,
    ...hcl.map((source) => readLayer(source, problems)),
  ];
  const given = complete(
    layers.reduce((earlier, later) => combine(earlier, later, agentFields)),
    agentFields,
  );
  const report = (key: string, message: string): void => void problems.push({ key, message, source: '' });
  const config = buildConfig(given, flags.isDev, machine, report);
  if (problems.length > 0) throw new ConfigError(withoutRepeats(problems));
  return freezeDeep(config);
}

function formatOf({ format }: Flags, problems: Problem[]): SourceFormat | undefined {
  if (format === '' || format === 'hcl' || format === 'json') return format === '' ? undefined : format;
  problems.push({
    key: '',
    source: '-config-format',
    message: `must be 'hcl' or 'json', got ${JSON.stringify(format)}`,
  });
  return undefined;
}

function readLayer(source: Source, problems: Problem[]): GivenAgent {
  const reading = readSource(source);
  if ('problem' in reading) {
    problems.push({ key: '', source: source.name, message: reading.problem });
    return {};
  }
  const { given, problems: findings } = decode(reading.tree, agentFields);
  problems.push(...findings.map((finding) => ({ ...finding, source: source.name })));
  return given;
}

/** One bad `client_addr` is found by every listener that uses it. */
function withoutRepeats(problems: readonly Problem[]): readonly Problem[] {
  return [...new Map(problems.map((problem) => [JSON.stringify(problem), problem])).values()];
}
