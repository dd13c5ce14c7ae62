import { command } from './command';
import { orComplain } from '../errors/complaint';

interface Self {
  readonly Stats: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

export const info = command({
  usage: 'info [options]',
  about: '  Provides debugging information for operators.',
  api: 'client',
  flags: {},
  async run({ terminal, client }) {
    const self = await orComplain('Error querying agent', () => client().json<Self>({ path: '/v1/agent/self' }));
    for (const group of Object.keys(self.Stats).sort()) {
      terminal.print(`${group}:`);
      const values = self.Stats[group]!;
      for (const key of Object.keys(values).sort()) terminal.print(`\t${key} = ${String(values[key])}`);
    }
    return 0;
  },
});
