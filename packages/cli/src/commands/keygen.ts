import { randomBytes } from 'node:crypto';
import { command } from './command';

/** AES-256. */
const KEY_BYTES = 32;

export const keygen = command({
  usage: 'keygen',
  about: `  Generates a new 32-byte encryption key that can be used to configure the agent
  to encrypt traffic. The output of this command is already in the proper format
  that the agent expects.`,
  api: 'none',
  flags: {},
  async run({ terminal }) {
    terminal.print(randomBytes(KEY_BYTES).toString('base64'));
    return 0;
  },
});
