import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CodedError, fileErrorText, type Random } from '@tribune/platform';
import type { AgentConfig } from '../config/agent-config';
import { makeTemporaryFolder } from './temporary-folder';

export class DataFolderError extends CodedError<{ code: 'DATA_FOLDER_UNUSABLE' }> {}

/** Where this agent keeps what must outlive it, and who it is. */
export interface DataFolder {
  readonly path: string;
  readonly nodeId: string;
  /** Removes a temporary folder; leaves a given one. */
  release(): void;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export function openDataFolder(config: AgentConfig, random: Random): DataFolder {
  const isTemporary = config.dataDir === '';
  const path = isTemporary ? makeTemporaryFolder() : config.dataDir;
  try {
    mkdirSync(path, { recursive: true, mode: 0o755 });
    const nodeId = settleNodeId(join(path, 'node-id'), config.nodeId, random);
    return { path, nodeId, release: () => isTemporary && rmSync(path, { recursive: true, force: true }) };
  } catch (cause) {
    if (cause instanceof DataFolderError) throw cause;
    const reason =
      (cause as NodeJS.ErrnoException).code === 'EEXIST'
        ? `data_dir ${JSON.stringify(path)} is not a directory`
        : fileErrorText('data_dir', path, cause);
    throw new DataFolderError({ code: 'DATA_FOLDER_UNUSABLE' }, reason, { cause });
  }
}

/** The given id, else the one of an earlier life, else a new one; kept in the file, as Consul does. */
function settleNodeId(file: string, given: string, random: Random): string {
  const kept = readIfThere(file);
  if (given === '' && kept !== '' && !UUID.test(kept)) {
    throw new DataFolderError(
      { code: 'DATA_FOLDER_UNUSABLE' },
      `${file} holds ${JSON.stringify(kept)}, which is not a UUID`,
    );
  }
  const nodeId = given || kept || random.uuid();
  // Flushed: a power cut must not leave an empty file, and with it a server that is somebody else on its old log.
  if (nodeId !== kept) writeFileSync(file, nodeId, { mode: 0o600, flush: true });
  return nodeId;
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim().toLowerCase();
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw thrown;
  }
}
