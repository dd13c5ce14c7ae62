import { existsSync, readFileSync } from 'node:fs';
import { TestAgent } from './test-agent';

let agent: TestAgent;
beforeAll(async () => void (agent = await TestAgent.start()));
afterAll(() => agent.stop());

/** Whole lines; the shell makes the file before there is anything in it. */
const lines = (path: string): string[] => (existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(0, -1) : []);

test('a handler gets the value and its index on standard input, first as it is and then on each change', async () => {
  const log = agent.path('key.log');
  await agent.put('/v1/kv/watched', 'one');
  const { terminal, ended } = agent.begin(
    'watch',
    '-type=key',
    '-key=watched',
    `cat >> ${log}; echo "index=$CONSUL_INDEX" >> ${log}`,
  );
  await agent.until(() => lines(log).length === 2);
  await agent.put('/v1/kv/unrelated', 'x');
  await agent.put('/v1/kv/watched', 'two');
  await agent.until(() => lines(log).length === 4);
  terminal.pressCtrlC();
  expect(await ended).toBe(0);
  const [first, firstIndex, second, secondIndex] = lines(log);
  expect(JSON.parse(first!)).toMatchObject({
    Key: 'watched',
    Value: Buffer.from('one').toString('base64'),
    Session: '',
  });
  expect(JSON.parse(second!)).toMatchObject({ Key: 'watched', Value: Buffer.from('two').toString('base64') });
  expect(firstIndex).toBe(`index=${(JSON.parse(first!) as { ModifyIndex: number }).ModifyIndex}`);
  expect(secondIndex).toBe(`index=${(JSON.parse(second!) as { ModifyIndex: number }).ModifyIndex}`);
});

test('an event watch tells each event once', async () => {
  const log = agent.path('event.log');
  const names = (): string[] =>
    lines(log).flatMap((line) =>
      (JSON.parse(line) as { Payload: string | null }[]).map((one) =>
        Buffer.from(one.Payload ?? '', 'base64').toString(),
      ),
    );
  await agent.run('event', '-name=deploy', 'one');
  const { terminal, ended } = agent.begin('watch', '-type=event', '-name=deploy', `cat >> ${log}`);
  await agent.until(() => names().length >= 1);
  for (const payload of ['two', 'three', 'four']) {
    const before = names().length;
    await agent.run('event', '-name=deploy', payload);
    await agent.until(() => names().length > before);
  }
  terminal.pressCtrlC();
  expect(await ended).toBe(0);
  expect(names()).toEqual(['one', 'two', 'three', 'four']);
});

test('without a handler, every type prints JSON once', async () => {
  await agent.run('services', 'register', '-name=web', '-port=80');
  await agent.until(async () => (await agent.get('/v1/catalog/services')).includes('web'));
  for (const words of [
    ['services'],
    ['nodes'],
    ['service', '-service=web'],
    ['checks'],
    ['keyprefix', '-prefix=watched'],
  ]) {
    const { code, stdout } = await agent.run('watch', `-type=${words[0]}`, ...words.slice(1));
    expect(code).toBe(0);
    expect(Object.keys(JSON.parse(stdout) as object).length).toBeGreaterThan(0);
  }
});

test('a handler that fails ends the watch', async () => {
  const { code, stderr } = await agent.run('watch', '-type=nodes', '-shell=false', 'sh', '-c', 'exit 3');
  expect({ code, stderr }).toEqual({ code: 1, stderr: 'Error executing handler: exit status 3\n' });
});

test('a handler that does not read its input is left alone', async () => {
  const { terminal, ended } = agent.begin('watch', '-type=nodes', `touch ${agent.path('touched')}`);
  await agent.until(() => existsSync(agent.path('touched')));
  terminal.pressCtrlC();
  expect(await ended).toBe(0);
});
