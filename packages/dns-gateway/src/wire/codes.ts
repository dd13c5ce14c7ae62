/** Numbers of the DNS protocol that the gateway gives a meaning to (IANA "Domain Name System Parameters"). */
export const TYPE = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  PTR: 12,
  MX: 15,
  TXT: 16,
  AAAA: 28,
  SRV: 33,
  OPT: 41,
  IXFR: 251,
  AXFR: 252,
  ANY: 255,
} as const;

export const CLASS = { IN: 1, ANY: 255 } as const;

export const RCODE = {
  NOERROR: 0,
  FORMERR: 1,
  SERVFAIL: 2,
  NXDOMAIN: 3,
  NOTIMP: 4,
  REFUSED: 5,
  /** Extended (RFC 6891 §9): the upper eight of its twelve bits stand in the OPT record. */
  BADVERS: 16,
} as const;

/** Bits of the second header word (RFC 1035 §4.1.1, RFC 4035 §3.2). */
export const FLAG = { QR: 0x8000, AA: 0x0400, TC: 0x0200, RD: 0x0100, RA: 0x0080, CD: 0x0010 } as const;
export const OPCODE_MASK = 0x7800;

export const HEADER_BYTES = 12;

const TYPE_NAMES = new Map<number, string>(Object.entries(TYPE).map(([name, code]) => [code, name]));
const RCODE_NAMES = new Map<number, string>(Object.entries(RCODE).map(([name, code]) => [code, name]));

/** `TYPE65` for a type without a name here (RFC 3597 §5). */
export const typeName = (code: number): string => TYPE_NAMES.get(code) ?? `TYPE${code}`;
export const rcodeName = (code: number): string => RCODE_NAMES.get(code) ?? `RCODE${code}`;
