import type { Answer } from './exchange';
import { layoutOf, readExactly } from './exact-json';
import type { Step } from './step';

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const COUNTERS = new Set(['Index', 'LTime', 'AppliedIndex', 'LastIndex', 'LastTerm', 'Term']);
const UNCOMPARED_HEADERS = new Set(['date', 'content-length', 'connection', 'keep-alive', 'transfer-encoding']);

/** Values a scenario remembers under names: captured ids, the node's name. */
export type Names = Map<string, string>;

/** Turns an answer into what can be compared with the record: ids, indexes and ports become tokens. */
export function normalize(answer: Answer, step: Step, names: Names): Record<string, unknown> {
  const text = answer.body.toString('utf8');
  const out: Record<string, unknown> = { status: answer.status, headers: headersOf(answer, names) };
  if (step.compare === 'none' || step.compare === 'binary') return { ...out, bodyEmpty: text.length === 0 };
  const isJson = /json/.test(answer.headers['content-type'] ?? '');
  const json = isJson ? readExactly(text) : undefined;
  if (json === undefined) return { ...out, text: tokens(text, names) };
  return { ...out, layout: layoutOf(text), json: new Normalizer(step, names).value(json, '', '$') };
}

function headersOf(answer: Answer, names: Names): Record<string, string> {
  const kept = Object.entries(answer.headers).filter(([name]) => !UNCOMPARED_HEADERS.has(name));
  return Object.fromEntries(kept.map(([name, value]) => [name, headerToken(name, String(value), names)]));
}

function headerToken(name: string, value: string, names: Names): string {
  if (name === 'x-consul-index') return /^[1-9]\d*$/.test(value) ? '<index>' : value;
  if (name === 'x-consul-lastcontact' || name === 'age') return /^\d+$/.test(value) ? '<n>' : value;
  return tokens(value, names);
}

function tokens(text: string, names: Names): string {
  let out = text;
  for (const [name, value] of names)
    if (value.length >= 8 && /^[a-z]/.test(name)) out = out.split(value).join(`<${name}>`);
  return out.replace(UUID, '<uuid>').replace(/:8300(?!\d)/g, ':<port server>');
}

class Normalizer {
  constructor(
    private readonly step: Step,
    private readonly names: Names,
  ) {}

  value(value: unknown, key: string, path: string): unknown {
    if (matches(this.step.ignore, path))
      return value === null ? null : `<any ${Array.isArray(value) ? 'array' : typeof value}>`;
    if (typeof value === 'number') return numberToken(value, key);
    if (typeof value === 'string') return tokens(value, this.names);
    if (Array.isArray(value)) return this.list(value, key, path);
    if (typeof value !== 'object' || value === null) return value;
    return this.object(value as Record<string, unknown>, path);
  }

  private list(items: readonly unknown[], key: string, path: string): unknown[] {
    const out = items.map((item) => this.value(item, key, `${path}[]`));
    return matches(this.step.unordered, path)
      ? out.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
      : out;
  }

  private object(object: Record<string, unknown>, path: string): Record<string, unknown> {
    const keys = Object.keys(object).sort();
    const out = Object.fromEntries(
      keys.map((key) => [tokens(key, this.names), this.value(object[key], key, `${path}.${key}`)]),
    );
    const { CreateIndex: created, ModifyIndex: modified } = object;
    if (
      typeof created === 'number' &&
      typeof modified === 'number' &&
      created > 0 &&
      modified > 0 &&
      !matches(this.step.ignore, `${path}.ModifyIndex`)
    ) {
      out.ModifyIndex =
        modified === created
          ? '<idx = CreateIndex>'
          : modified > created
            ? '<idx > CreateIndex>'
            : '<idx < CreateIndex>';
    }
    return out;
  }
}

function numberToken(value: number, key: string): unknown {
  if (COUNTERS.has(key)) return value === 0 ? 0 : '<n>';
  if (key === 'CreateIndex' || key === 'ModifyIndex') return value === 0 ? 0 : '<idx>';
  return /port/i.test(key) && value === 8300 ? '<port server>' : value;
}

/** Patterns: `$` the root, `[]` an element, `*` one key, `**` anything. */
function matches(patterns: readonly string[] | undefined, path: string): boolean {
  return (patterns ?? []).some((pattern) => {
    const escaped = pattern.split('**').map((part) =>
      part
        .split('*')
        .map((text) => text.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
        .join('[^.]*'),
    );
    return new RegExp(`^${escaped.join('.*')}$`).test(path);
  });
}
