import type { Json } from '../../json/exact-json';
import { Complaint } from '../../errors/complaint';

/** A row of `/v1/kv`. */
export interface KvPair {
  readonly Key: string;
  readonly CreateIndex: number;
  readonly ModifyIndex: number;
  readonly LockIndex: number;
  readonly Flags: number | bigint;
  /** Base 64; null when empty. */
  readonly Value: string | null;
  readonly Session?: string;
}

export const pairsOf = (answer: Json): readonly KvPair[] => (answer ?? []) as unknown as readonly KvPair[];

export const valueOf = (pair: KvPair): Buffer => Buffer.from(pair.Value ?? '', 'base64');

/** One leading slash is forgiven: `/a` reads `a`. */
export const withoutSlash = (key: string): string => (key.startsWith('/') ? key.slice(1) : key);

export function refuseLeadingSlash(key: string): void {
  if (key.startsWith('/'))
    throw new Complaint(`Error! Failed writing data: Invalid key. Key must not begin with a '/': ${key}`);
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Strict, as Go's decoder; line breaks are allowed. Undefined when it is none. */
export function decodeBase64(text: string): Buffer | undefined {
  const plain = text.replace(/[\r\n]/g, '');
  return BASE64.test(plain) ? Buffer.from(plain, 'base64') : undefined;
}
