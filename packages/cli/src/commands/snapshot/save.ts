import { randomInt } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { Complaint, orComplain } from '../../errors/complaint';
import { unexpectedStatus } from '../../http/failure';
import type { HttpClient } from '../../http/http-client';
import { command } from '../command';
import { fileOf, openProblem, verified } from './snapshot-file';

export const snapshotSave = command({
  usage: 'snapshot save [options] FILE',
  about: `  Retrieves an atomic, point-in-time snapshot of the state of the servers which
  includes key/value entries, service catalog and sessions.

  To create a snapshot and save it to "backup.snap":

    $ tribune snapshot save backup.snap

  To create a potentially stale snapshot from any available server (useful if no
  leader is available):

    $ tribune snapshot save -stale backup.snap`,
  api: 'server',
  flags: {},
  async run({ args, terminal, client }) {
    const path = fileOf(args);
    // Nobody finds half a snapshot under the name that was asked for.
    const unverified = `${path}.unverified.tmp${randomInt(1e9)}`;
    try {
      await download(client(), unverified);
      const { Index } = await verified(unverified);
      await orComplain('Error renaming snapshot', () => rename(unverified, path));
      terminal.print(`Saved and verified snapshot to index ${Index}`);
    } finally {
      await rm(unverified, { force: true });
    }
    return 0;
  },
});

async function download(client: HttpClient, path: string): Promise<void> {
  const answer = await orComplain('Error saving snapshot', async () => {
    const message = await client.stream({ path: '/v1/snapshot' });
    if (message.statusCode === 200) return message;
    throw unexpectedStatus(message.statusCode ?? 0, await textOf(message));
  });
  try {
    await pipeline(answer, createWriteStream(path, { flags: 'wx', mode: 0o600 }));
  } catch (error) {
    const { syscall } = error as NodeJS.ErrnoException;
    const problem = syscall === 'open' ? `open ${path}: ${openProblem(error)}` : openProblem(error);
    throw new Complaint(`Error writing unverified snapshot file: ${problem}`);
  }
}

async function textOf(message: IncomingMessage): Promise<string> {
  let text = '';
  for await (const piece of message.setEncoding('utf8')) text += piece as string;
  return text;
}
