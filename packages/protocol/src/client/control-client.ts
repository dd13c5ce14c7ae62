import type { ControlApi } from '../api/control';
import { callUnary, openClient, type ChannelSettings } from '../grpc/channel';

/** A leaving server may hand over its leadership and wait until the others have dropped it. */
const TIMEOUT_MS = 30_000;

/** The `control.v1` client. */
export function connectControl(settings: ChannelSettings): ControlApi & { close(): void } {
  const client = openClient('tribune.control.v1.Control', settings);
  return {
    reload: async () => {
      const { problems } = await callUnary<object, { problems: string[] }>(client, 'reload', {}, TIMEOUT_MS);
      return problems;
    },
    leave: async () => void (await callUnary(client, 'leave', {}, TIMEOUT_MS)),
    close: () => client.close(),
  };
}
