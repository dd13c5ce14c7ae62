import type { Clock, Random } from '@tribune/platform';
import { Fetched } from '../../cache/fetched';
import { HEADER_BYTES } from '../../wire/codes';
import { nameKey, type Name } from '../../wire/name';
import type { ResourceRecord } from '../../wire/record';
import { readAddressRecords } from '../../wire/response';
import type { ExternalLookup } from '../context';
import type { Forwarder } from './forwarder';

/** Long enough to answer all who wait; the time-to-live is the recursor's business. */
const KEEP_MS = 1000;
const NAMES_MAX = 1024;

/** Addresses of host names outside our domains (a service registered at `db.example.com`), from the recursors. */
export class ExternalNames {
  private readonly fetched: Fetched<readonly ResourceRecord[]>;

  constructor(
    private readonly hasRecursors: () => boolean,
    private readonly collaborators: {
      readonly forwarder: Forwarder;
      readonly clock: Clock;
      readonly random: Random;
      readonly signal: AbortSignal;
    },
  ) {
    this.fetched = new Fetched({ keepMs: KEEP_MS, entriesMax: NAMES_MAX }, collaborators.clock);
  }

  readonly lookup: ExternalLookup = (name, type) => {
    if (!this.hasRecursors()) return { kind: 'known', records: [] };
    const fetch = this.fetched.get(`${type}/${nameKey(name)}`, () => this.ask(name, type));
    if (fetch.kind === 'awaited') return fetch;
    return { kind: 'known', records: fetch.kind === 'known' ? fetch.value : [] };
  };

  private async ask(name: Name, type: number): Promise<readonly ResourceRecord[]> {
    const { forwarder, signal } = this.collaborators;
    const answer = await forwarder.forward(addressQuery(name, type), 'udp', signal);
    return (answer && readAddressRecords(answer)) ?? [];
  }
}

function addressQuery(name: Name, type: number): Buffer {
  const packet = Buffer.alloc(HEADER_BYTES + name.length + 4);
  packet.writeUInt16BE(0x0100, 2);
  packet.writeUInt16BE(1, 4);
  packet.set(name, HEADER_BYTES);
  packet.writeUInt16BE(type, HEADER_BYTES + name.length);
  packet.writeUInt16BE(1, HEADER_BYTES + name.length + 2);
  return packet;
}
