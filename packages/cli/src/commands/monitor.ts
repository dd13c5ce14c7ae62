import { text, toggle } from '../flags/flag';
import { unexpectedStatus } from '../http/failure';
import { readAll } from '../terminal/read-argument';
import { command } from './command';
import { Complaint, orComplain } from '../errors/complaint';

export const monitor = command({
  usage: 'monitor [options]',
  about: `  Shows recent log messages of a Tribune agent, and attaches to the agent,
  outputting log messages as they occur in real time. The monitor lets you
  listen for log levels that may be filtered out of the agent's own log. For
  example your agent may only be logging at INFO level, but with the monitor
  you can see the DEBUG level logs.`,
  api: 'client',
  flags: {
    'log-json': toggle('Output logs in JSON format.'),
    'log-level': text('Log level of the agent.', 'INFO'),
  },
  async run({ flags, terminal, client }) {
    const signal = terminal.interrupted();
    const query = { loglevel: flags['log-level'], logjson: flags['log-json'] ? 'true' : undefined };
    try {
      const lines = await orComplain('Error starting monitor', async () => {
        const answer = await client().stream({ path: '/v1/agent/monitor', query, signal });
        if (answer.statusCode === 200) return answer;
        throw unexpectedStatus(answer.statusCode ?? 0, (await readAll(answer)).toString());
      });
      for await (const chunk of lines) terminal.write(chunk as Uint8Array);
    } catch (error) {
      if (signal.aborted) return 0;
      if (error instanceof Complaint) throw error;
    }
    terminal.print('\nRemote side ended the monitor! This usually means that the\nremote side has exited or crashed.');
    return 1;
  },
});
