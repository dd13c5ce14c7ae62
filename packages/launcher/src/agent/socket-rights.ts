import { chmodSync, chownSync } from 'node:fs';
import type { Startable } from '@tribune/platform';
import type { AgentConfig } from '../config/agent-config';

/** Gives the HTTP API's Unix sockets the owner and mode of `unix_sockets`, once they are there. */
export function withSocketRights({ http, unixSockets }: AgentConfig, server: Startable): Startable {
  const { userId, groupId, mode } = unixSockets;
  const paths = http.flatMap((address) => ('path' in address ? [address.path] : []));
  return {
    async start() {
      await server.start();
      for (const path of paths) {
        if (mode !== undefined) chmodSync(path, mode);
        // -1 leaves an id as it is (chown(2)).
        if (userId !== undefined || groupId !== undefined) chownSync(path, userId ?? -1, groupId ?? -1);
      }
    },
    stop: () => server.stop(),
  };
}
