import { startHarness, NODE_NAME } from '../harness/agent-harness';
import { exchange, rawExchange, type Answer } from './exchange';
import { readExactly } from './exact-json';
import { normalize, type Names } from './normalize';
import type { Body, Scenario, Step } from './step';

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Sends a scenario's requests, in order, to an agent of its own; gives the comparable answer of each by name. */
export async function runScenario(scenario: Scenario): Promise<Map<string, Record<string, unknown>>> {
  const harness = await startHarness();
  const run = new ScenarioRun(harness.api.port);
  const answers = new Map<string, Record<string, unknown>>();
  try {
    for (const step of scenario.steps) answers.set(step.name, await run.step(step));
  } finally {
    await harness.stop();
  }
  return answers;
}

class ScenarioRun {
  private readonly names: Names = new Map([['NODE', NODE_NAME]]);
  private readonly indexes = new Map<string, number>();

  constructor(private readonly port: number) {}

  async step(step: Step): Promise<Record<string, unknown>> {
    if (step.sleep) await pause(step.sleep);
    const answer = await this.answer(step);
    const text = answer.body.toString('utf8');
    for (const [name, path] of Object.entries(step.capture ?? {})) this.capture(name, lookUp(readExactly(text), path));
    const out = normalize(answer, step, this.names);
    if (step.ms)
      out.timing = answer.elapsedMs < step.ms[0] ? 'too early' : answer.elapsedMs > step.ms[1] ? 'too late' : 'in time';
    if (step.index) this.relateIndex(step.index, Number(answer.headers['x-consul-index']), out);
    if (step.extract) out.extract = EXTRACTS[step.extract](answer);
    return out;
  }

  private async answer(step: Step): Promise<Answer> {
    const deadline = performance.now() + (step.untilMs ?? 0);
    for (;;) {
      const others = (step.meanwhile ?? []).map(async ({ after, req, body }) => {
        await pause(after);
        const space = req.indexOf(' ');
        await exchange(this.port, {
          method: req.slice(0, space),
          path: this.fill(req.slice(space + 1)),
          body: this.bytes(body),
        });
      });
      const answer = await this.once(step);
      await Promise.all(others);
      const holds = step.until === undefined || answer.body.toString().trim() === '[]';
      if (holds || performance.now() > deadline) return answer;
      await pause(150);
    }
  }

  private once(step: Step): Promise<Answer> {
    if (step.raw) return rawExchange(this.port, closing(this.fill(step.raw)));
    const { method, headers, chunked } = step;
    return exchange(this.port, { method, path: this.fill(step.path), headers, body: this.bytes(step.body), chunked });
  }

  private bytes(body: Body | undefined): Buffer | undefined {
    if (!body) return undefined;
    if ('base64' in body) return Buffer.from(body.base64, 'base64');
    if ('repeat' in body) return Buffer.alloc(body.repeat.count, body.repeat.byte);
    return Buffer.from(this.fill('text' in body ? body.text : JSON.stringify(body.json)));
  }

  private fill(text: string): string {
    return text.replace(/\{\{(\w+)\}\}/g, (_, name: string) => this.names.get(name) ?? `unset-${name}`);
  }

  private capture(name: string, value: unknown): void {
    if (value !== undefined && value !== null) this.names.set(name, String(value));
  }

  private relateIndex({ save, vs }: NonNullable<Step['index']>, index: number, out: Record<string, unknown>): void {
    const before = vs === undefined ? undefined : this.indexes.get(vs)!;
    if (before !== undefined) out.index = index > before ? 'grew' : index === before ? 'same' : 'fell';
    if (save === undefined) return;
    this.indexes.set(save, index);
    this.names.set(save.toUpperCase(), String(index));
  }
}

/** HTTP/1.1 requests written by hand must say that they are the last, so that the answer ends with the connection. */
function closing(raw: string): string {
  return /HTTP\/1\.1\r\n/.test(raw) && !/connection: close/i.test(raw)
    ? raw.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n')
    : raw;
}

function lookUp(value: unknown, path: string): unknown {
  let at: unknown = value;
  for (const part of path
    .replace(/\[(\d+)\]/g, '.$1')
    .split('.')
    .filter(Boolean))
    at = (at as Record<string, unknown> | undefined)?.[part];
  return at;
}

const EXTRACTS: Record<NonNullable<Step['extract']>, (answer: Answer) => unknown> = {
  'continued-and-stored': ({ body }) => /HTTP\/1.1 200 OK/.test(body.toString()) && /true/.test(body.toString()),
  'body-hex': ({ body }) => body.toString('hex'),
  'escapes-html': ({ body }) => body.toString().includes('\\u003c'),
  'body-length': ({ body }) => body.length,
};
