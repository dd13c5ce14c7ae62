import { Child } from '../../child/child';
import { text, texts, toggle } from '../../flags/flag';
import { printJson } from '../../json/exact-json';
import { foregroundClock } from '../../terminal/foreground-clock';
import type { Terminal } from '../../terminal/terminal';
import { command } from '../command';
import { Complaint, misuse, orComplain } from '../../errors/complaint';
import { follow, type Change } from './follow';
import { subjectOf } from './subject';

export const watch = command({
  usage: 'watch [options] [child...]',
  about: `  Watches for changes in a given data view. If a child process is specified, it
  will be invoked with the latest results on changes: JSON on its standard
  input, and the index in the environment variable CONSUL_INDEX. Otherwise, the
  latest values are dumped to stdout and the watch terminates.

  Providing the watch type is required, and other parameters may be required or
  supported depending on the watch type.`,
  api: 'server',
  flags: {
    filter: text("Specifies a filter expression. Optional for the 'services', 'nodes', 'service' and 'checks' types."),
    key: text("Specifies the key to watch. Only for 'key' type."),
    name: text("Specifies an event name to watch. Only for 'event' type."),
    passingonly: text(
      "Specifies if only hosts passing all checks are displayed. Optional for 'service' type, must be one of `[true|false]`. Defaults false.",
      '',
      '[true|false]',
    ),
    prefix: text("Specifies the key prefix to watch. Only for 'keyprefix' type."),
    service: text("Specifies the service to watch. Required for 'service' type, optional for 'checks' type."),
    shell: toggle('Use a shell to run the command (can set a custom shell via the SHELL environment variable).', true),
    state: text("Specifies the states to watch. Optional for 'checks' type."),
    tag: texts(
      "Specifies the service tag(s) to filter on. Optional for 'service' type. May be specified multiple times",
    ),
    type: text('Specifies the watch type. One of key, keyprefix, services, nodes, service, checks, or event.'),
  },
  async run({ flags, args, terminal, client }) {
    if (flags.type === '') throw misuse('Watch type must be specified');
    const subject = subjectOf(flags);
    await orComplain('Error querying Consul agent', () => client().ask({ path: '/v1/agent/self' }));
    const signal = terminal.interrupted();
    const onError = (reason: string, retryMs: number): void =>
      terminal.complain(`Watch errored: type=${flags.type} error=${JSON.stringify(reason)} retry=${retryMs / 1000}s`);
    for await (const change of follow(subject, { client: client(), clock: foregroundClock, signal, onError })) {
      if (args.length === 0) {
        terminal.print(printJson(change.value, '    '));
        return 0;
      }
      await handle(change, { words: args, shell: flags.shell, terminal });
    }
    return 0;
  },
});

interface Handler {
  readonly words: readonly string[];
  readonly shell: boolean;
  readonly terminal: Terminal;
}

async function handle({ index, value }: Change, { words, shell, terminal }: Handler): Promise<void> {
  const env = { ...terminal.env, CONSUL_INDEX: String(index) };
  const end = await new Child(words, { shell, env, input: `${printJson(value)}\n` }).ended;
  if (end.kind === 'notStarted') throw new Complaint(`Error starting handler: ${end.failure}`);
  if (end.kind === 'failed') throw new Complaint(`Error executing handler: ${end.failure}`);
}
