import { TYPE } from './codes';
import type { Name } from './name';

/** A resource record before it is encoded. Class is always IN. */
export interface ResourceRecord {
  readonly owner: Name;
  /** Seconds. */
  readonly ttl: number;
  readonly data: RecordData;
}

export type RecordData =
  | { readonly type: typeof TYPE.A | typeof TYPE.AAAA; readonly address: Uint8Array }
  | { readonly type: typeof TYPE.CNAME | typeof TYPE.NS | typeof TYPE.PTR; readonly target: Name }
  | {
      readonly type: typeof TYPE.SRV;
      readonly priority: number;
      readonly weight: number;
      readonly port: number;
      readonly target: Name;
    }
  /** One character-string is at most 255 bytes; longer text is cut into several, as the RFC 1464 readers join them. */
  | { readonly type: typeof TYPE.TXT; readonly text: string }
  | {
      readonly type: typeof TYPE.SOA;
      readonly server: Name;
      readonly mailbox: Name;
      readonly serial: number;
      readonly refresh: number;
      readonly retry: number;
      readonly expire: number;
      readonly minTtl: number;
    };

/** `additional` stands and falls with its answers: what does not fit into the message leaves together. */
export interface RecordGroup {
  readonly answers: readonly ResourceRecord[];
  readonly additional: readonly ResourceRecord[];
}
