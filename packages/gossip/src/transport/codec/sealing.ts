import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { malformed } from './wire-error';

/** memberlist encryption version 1: `[1][nonce 12][AES-GCM ciphertext][tag 16]`; version 0 pads with PKCS #7 besides. */
const VERSION_PADDED = 0;
const VERSION = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const BLOCK_BYTES = 16;

export const SEAL_OVERHEAD_BYTES = 1 + NONCE_BYTES + TAG_BYTES;

type GcmName = 'aes-128-gcm' | 'aes-192-gcm' | 'aes-256-gcm';
const cipherName = (key: Buffer): GcmName => `aes-${key.length * 8}-gcm` as GcmName;

export function seal(key: Buffer, plain: Uint8Array, authenticated: Uint8Array): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(cipherName(key), key, nonce).setAAD(authenticated);
  const body = cipher.update(plain);
  return Buffer.concat([Buffer.of(VERSION), nonce, body, cipher.final(), cipher.getAuthTag()]);
}

/** Tries every key, because members switch keys at different moments. Throws when none opens it. */
export function open(keys: readonly Buffer[], sealed: Buffer, authenticated: Uint8Array): Buffer {
  const version = sealed[0];
  if (version !== VERSION && version !== VERSION_PADDED)
    throw malformed(`encryption version ${version} is not supported`);
  const least = SEAL_OVERHEAD_BYTES + (version === VERSION_PADDED ? BLOCK_BYTES : 0);
  if (sealed.length < least) throw malformed('sealed message is too short');
  for (const key of keys) {
    const plain = openWith(key, sealed, authenticated);
    if (plain) return version === VERSION_PADDED ? unpad(plain) : plain;
  }
  throw malformed('no installed key opens the message');
}

function openWith(key: Buffer, sealed: Buffer, authenticated: Uint8Array): Buffer | undefined {
  const nonce = sealed.subarray(1, 1 + NONCE_BYTES);
  const tag = sealed.subarray(sealed.length - TAG_BYTES);
  const decipher = createDecipheriv(cipherName(key), key, nonce).setAAD(authenticated).setAuthTag(tag);
  const plain = decipher.update(sealed.subarray(1 + NONCE_BYTES, sealed.length - TAG_BYTES));
  try {
    return Buffer.concat([plain, decipher.final()]);
  } catch {
    return undefined;
  }
}

function unpad(plain: Buffer): Buffer {
  const padding = plain.at(-1) ?? 0;
  if (padding === 0 || padding > BLOCK_BYTES || padding > plain.length) throw malformed('padding is wrong');
  return plain.subarray(0, plain.length - padding);
}
