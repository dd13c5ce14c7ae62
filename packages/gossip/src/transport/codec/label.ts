import { LABEL_BYTES_MAX, MessageType } from './message-types';
import { malformed } from './wire-error';

/** `[244][length][label]` in front of everything keeps pools apart that share a network and a key. */
export function labelHeader(label: string): Buffer {
  const bytes = Buffer.from(label, 'utf8');
  return bytes.length === 0 ? bytes : Buffer.concat([Buffer.of(MessageType.label, bytes.length), bytes]);
}

export const isLabelValid = (label: string): boolean => Buffer.byteLength(label) <= LABEL_BYTES_MAX;

/** The rest of the packet once its label has been compared. */
export function stripLabel(packet: Buffer, label: string): Buffer {
  if (packet[0] !== MessageType.label) {
    if (label !== '') throw malformed('packet has no label');
    return packet;
  }
  const end = 2 + (packet[1] ?? 0);
  if (end === 2 || packet.length < end) throw malformed('label header is cut short');
  if (packet.toString('utf8', 2, end) !== label) throw malformed('packet is labelled for another pool');
  return packet.subarray(end);
}
