import { messageOf } from './coded-error';

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EEXIST: 'file exists',
  EISDIR: 'is a directory',
  ENOENT: 'no such file or directory',
  ENOSPC: 'no space left on device',
  ENOTDIR: 'not a directory',
  EPERM: 'operation not permitted',
  EROFS: 'read-only file system',
};

/** `open /etc/x.json: permission denied`: what operators know from Consul, without the names of Node's system calls. */
export function fileErrorText(operation: string, path: string, thrown: unknown): string {
  return `${operation} ${path}: ${REASONS[(thrown as NodeJS.ErrnoException).code ?? ''] ?? messageOf(thrown)}`;
}
