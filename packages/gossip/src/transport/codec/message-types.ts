/** The first byte of everything (memberlist, net.go). Only ever appended to. */
export const MessageType = {
  ping: 0,
  indirectPing: 1,
  ack: 2,
  suspect: 3,
  alive: 4,
  dead: 5,
  pushPull: 6,
  compound: 7,
  user: 8,
  compress: 9,
  encrypt: 10,
  nack: 11,
  checksum: 12,
  error: 13,
  /** High, so that it is neither a message nor an encryption version. */
  label: 244,
} as const;

export const META_BYTES_MAX = 512;
/** serf allows 128 where it validates names at all. */
export const NAME_BYTES_MAX = 512;
export const STREAM_BYTES_MAX = 20 * 1024 * 1024;
export const DECOMPRESSED_BYTES_MAX = 2 * STREAM_BYTES_MAX;
export const STREAM_NODES_MAX = 1024 * 1024;
export const LABEL_BYTES_MAX = 255;
/** `PushedState.state` on the wire. */
export const STATE_NAMES = ['alive', 'suspect', 'dead', 'left'] as const;
