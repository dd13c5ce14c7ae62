import { silentLogger, systemClock } from '@tribune/platform';
import type { AgentApi, AgentOutcome } from '@tribune/protocol';
import { ToldDefinitions } from './told-definitions';

function listener(...answers: (AgentOutcome | Error)[]): { agent: AgentApi; heard: unknown[] } {
  const heard: unknown[] = [];
  const reload = (_services: unknown, _checks: unknown, nodeMeta: unknown): Promise<AgentOutcome> => {
    const answer = answers.shift() ?? { ok: true };
    if (answer instanceof Error) return Promise.reject(answer);
    heard.push(nodeMeta);
    return Promise.resolve(answer);
  };
  return { agent: { reload } as unknown as AgentApi, heard };
}

const ports = { clock: systemClock, logger: silentLogger };
const signal = new AbortController().signal;

test('tells until it is heard', async () => {
  const { agent, heard } = listener(new Error('not up yet'), new Error('not up yet'));
  await new ToldDefinitions({ services: [], checks: [], nodeMeta: { rack: 'r1' } }, agent, ports).tell(signal);
  expect(heard).toEqual([{ rack: 'r1' }]);
});

test('a new process is told what the reloaded files say, not what they said at first', async () => {
  const { agent, heard } = listener({ ok: true }, { ok: false, kind: 'failed', reason: 'refused' });
  const told = new ToldDefinitions({ services: [], checks: [], nodeMeta: {} }, agent, ports);
  await told.reload([], [], { rack: 'r2' });
  await told.reload([], [], { rack: 'bad' });
  await told.tell(signal);
  expect(heard).toEqual([{ rack: 'r2' }, { rack: 'bad' }, { rack: 'r2' }]);
});
