import { FLAG, HEADER_BYTES, TYPE } from './codes';
import { NAME_BYTES_MAX, type Name } from './name';
import type { ResourceRecord } from './record';

/** The addresses and aliases in another server's answer section, in order; undefined when the bytes are no such response. */
export function readAddressRecords(packet: Buffer): readonly ResourceRecord[] | undefined {
  if (packet.length < HEADER_BYTES || !(packet.readUInt16BE(2) & FLAG.QR)) return undefined;
  let at = HEADER_BYTES;
  for (let i = packet.readUInt16BE(4); i > 0; i--) {
    const end = readName(packet, at)?.end;
    if (end === undefined) return undefined;
    at = end + 4;
  }
  const records: ResourceRecord[] = [];
  for (let i = packet.readUInt16BE(6); i > 0; i--) {
    const owner = readName(packet, at);
    if (!owner || owner.end + 10 > packet.length) return undefined;
    const dataAt = owner.end + 10;
    const dataEnd = dataAt + packet.readUInt16BE(owner.end + 8);
    if (dataEnd > packet.length) return undefined;
    const record = readData(packet, packet.readUInt16BE(owner.end), dataAt, dataEnd);
    if (record) records.push({ owner: owner.name, ttl: packet.readUInt32BE(owner.end + 4), data: record });
    at = dataEnd;
  }
  return records;
}

function readData(packet: Buffer, type: number, at: number, end: number): ResourceRecord['data'] | undefined {
  if (type === TYPE.CNAME) {
    const target = readName(packet, at);
    return target && { type, target: target.name };
  }
  const isAddress = (type === TYPE.A && end - at === 4) || (type === TYPE.AAAA && end - at === 16);
  return isAddress ? { type, address: Uint8Array.from(packet.subarray(at, end)) } : undefined;
}

/** A name with compression. Each pointer must point before the part it ends, so that no loop is possible. */
function readName(packet: Buffer, start: number): { readonly name: Name; readonly end: number } | undefined {
  const labels: Buffer[] = [];
  let size = 1;
  let at = start;
  let end = -1;
  let floor = start;
  for (;;) {
    const length = packet[at];
    if (length === undefined) return undefined;
    if (length >= 0xc0) {
      if (at + 1 >= packet.length) return undefined;
      const target = ((length & 0x3f) << 8) | packet[at + 1]!;
      if (end < 0) end = at + 2;
      if (target >= floor) return undefined;
      at = floor = target;
    } else if (length === 0) {
      labels.push(Buffer.of(0));
      return { name: Buffer.concat(labels), end: end < 0 ? at + 1 : end };
    } else {
      size += length + 1;
      if (length > 63 || size > NAME_BYTES_MAX || at + 1 + length > packet.length) return undefined;
      labels.push(packet.subarray(at, at + 1 + length));
      at += 1 + length;
    }
  }
}
