import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../../src/run';
import { FakeTerminal } from '../fake-terminal';
import { RecordedAgent, type Exchange } from './recorded-agent';

/** One command line as Consul 1.8.7 carried it out. */
interface Recording {
  readonly argv: readonly string[];
  readonly stdin?: string;
  readonly exchanges: readonly Exchange[];
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

const folder = join(__dirname, 'recorded');
const groups = readdirSync(folder).map((file): [string, readonly Recording[]] => [
  file.replace('.json', ''),
  JSON.parse(readFileSync(join(folder, file), 'utf8')) as Recording[],
]);

describe.each(groups)('%s: as Consul does', (_, recordings) => {
  test.each(recordings.map((one) => [one.argv.join(' '), one] as const))('%s', async (_, recording) => {
    const agent = await RecordedAgent.start(recording.exchanges);
    const terminal = new FakeTerminal({
      stdin: recording.stdin,
      env: { PATH: process.env['PATH']!, CONSUL_HTTP_ADDR: agent.address },
    });
    const code = await run(recording.argv, terminal);
    await agent.stop();
    expect({ code, stdout: terminal.stdout, stderr: terminal.stderr }).toEqual({
      code: recording.code,
      stdout: recording.stdout,
      stderr: recording.stderr,
    });
    expect(agent.seen).toEqual(agent.expected);
    recording.exchanges.forEach(({ url, body }, at) => {
      if (/^.v1.(kv|operator.keyring)/.test(url)) expect(agent.bodyOf(at)).toBe(body ?? '');
    });
  });
});
