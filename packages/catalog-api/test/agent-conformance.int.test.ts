import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { AgentFixture } from './harness/agent-fixture';

interface Recorded {
  readonly method: string;
  readonly path: string;
  readonly body?: string;
  readonly headers?: Record<string, string>;
  /** What must agree; everything unless said otherwise. `keys`: the names in the JSON; `text`: status and body. */
  readonly compare?: 'all' | 'status' | 'keys' | 'text';
}
interface Answer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string;
}

const load = (name: string): unknown =>
  JSON.parse(readFileSync(join(__dirname, 'conformance-agent', `${name}.json`), 'utf8'));
const requests = load('requests') as Recorded[];
const answers = load('answers') as Answer[];
const KEPT_HEADERS = ['content-type', 'x-consul-reason', 'allow'];

let agent: AgentFixture;
beforeAll(async () => {
  agent = await AgentFixture.start();
});
afterAll(() => agent.stop());

function send({ method, path, body, headers }: Recorded): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port: agent.port, method, path, headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => {
        const kept = KEPT_HEADERS.filter((name) => response.headers[name] !== undefined);
        const picked = Object.fromEntries(kept.map((name) => [name, String(response.headers[name])]));
        resolve({ status: response.statusCode!, headers: picked, body: text });
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** What may differ between two agents: hashes, and the order in which Go walks a map. */
function normalised(body: string): unknown {
  const plain = body.replace(/"ContentHash": "[0-9a-f]{1,16}"/, '"ContentHash": "…"');
  try {
    return sortedChecks(JSON.parse(plain));
  } catch {
    return plain;
  }
}

function sortedChecks(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortedChecks);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      name === 'Checks' && Array.isArray(member)
        ? [...(member as { CheckID: string }[])].sort((a, b) => a.CheckID.localeCompare(b.CheckID))
        : sortedChecks(member),
    ]),
  );
}

/** Names of members at every depth; lists by their first element. */
function keysOf(value: unknown, path = ''): string[] {
  if (Array.isArray(value)) return value.length > 0 ? keysOf(value[0], `${path}[]`) : [path];
  if (typeof value !== 'object' || value === null) return [path];
  const open = ['.Tags', '.Stats.raft', '.Stats.serf_lan', '.Stats.serf_wan', '.Stats.consul', '.DebugConfig'];
  if (open.some((end) => path.endsWith(end))) return [path];
  return Object.entries(value).flatMap(([name, member]) => keysOf(member, `${path}.${name}`));
}

function comparable(answer: Answer, compare: Recorded['compare']): unknown {
  switch (compare ?? 'all') {
    case 'all':
      return { ...answer, body: normalised(answer.body) };
    case 'status':
      return answer.status;
    case 'text':
      return { status: answer.status, body: answer.body };
    case 'keys':
      return { status: answer.status, keys: keysOf(JSON.parse(answer.body)) };
  }
}

const title = ({ method, path, body }: Recorded): string => `${method} ${path} ${(body ?? '').slice(0, 160)}`.trim();

// In order, on one agent: what one request registers, a later one reads.
test.each(requests.map((recorded, i) => [i, title(recorded), recorded] as const))(
  '%i %s is answered as Consul answers it',
  async (i, _title, recorded) => {
    const ours = await send(recorded);
    const theirs = answers[i]!;
    if (theirs.status === 0) expect(ours.status).toBe(400);
    else expect(comparable(ours, recorded.compare)).toEqual(comparable(theirs, recorded.compare));
  },
);
