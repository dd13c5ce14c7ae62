import { Fields } from '../transport/codec/fields';
import { MsgpackWriter } from '../transport/codec/msgpack-writer';
import { malformed } from '../transport/codec/wire-error';
import { SerfType } from './serf-codec';

/** Cluster-wide keyring operations travel as internal queries (serf, internal_query.go). */
export type KeyOperation = 'list' | 'install' | 'use' | 'remove';

export const KEY_QUERIES: Readonly<Record<KeyOperation, string>> = {
  list: '_serf_list-keys',
  install: '_serf_install-key',
  use: '_serf_use-key',
  remove: '_serf_remove-key',
};

/** What a member answers. */
export interface KeyAnswer {
  readonly ok: boolean;
  readonly message: string;
  /** base64, for `list`. */
  readonly keys: readonly string[];
  readonly primaryKey: string;
}

/** The keyring as this layer needs it; the owner also persists it. Each returns what is wrong, or undefined. */
export interface KeyStore {
  list(): { readonly keys: readonly string[]; readonly primaryKey: string };
  apply(operation: 'install' | 'use' | 'remove', key: Uint8Array): string | undefined;
}

export const encodeKeyRequest = (key: Uint8Array): Buffer =>
  new MsgpackWriter().byte(SerfType.keyRequest).map(1).raw('Key').raw(key).finish();

export function encodeKeyAnswer({ ok, message, keys, primaryKey }: KeyAnswer): Buffer {
  const out = new MsgpackWriter().byte(SerfType.keyResponse).map(4).raw('Result').flag(ok).raw('Message').raw(message);
  out.raw('Keys').array(keys.length);
  for (const key of keys) out.raw(key);
  return out.raw('PrimaryKey').raw(primaryKey).finish();
}

export function decodeKeyAnswer(payload: Uint8Array): KeyAnswer {
  const bytes = Buffer.from(payload);
  if (bytes[0] !== SerfType.keyResponse) throw malformed('not a key response');
  const fields = Fields.parse(bytes, 1);
  const keys = fields.list('Keys').map((key) => (Buffer.isBuffer(key) ? key.toString('utf8') : ''));
  return { ok: fields.flag('Result'), message: fields.text('Message'), keys, primaryKey: fields.text('PrimaryKey') };
}

const refusal = (message: string): KeyAnswer => ({ ok: false, message, keys: [], primaryKey: '' });

/** Our answer to the internal query `name`, or undefined when it is none about keys. */
export function answerKeyQuery(name: string, payload: Uint8Array, store: KeyStore | undefined): KeyAnswer | undefined {
  const operation = (Object.keys(KEY_QUERIES) as KeyOperation[]).find((key) => KEY_QUERIES[key] === name);
  if (!operation) return undefined;
  if (operation === 'list') {
    if (!store) return refusal('Keyring is empty (encryption not enabled)');
    return { ok: true, message: '', ...store.list() };
  }
  if (!store) return refusal('No keyring to modify (encryption not enabled)');
  const problem = store.apply(operation, Fields.parse(Buffer.from(payload), 1).bytes('Key'));
  return problem === undefined ? { ok: true, message: '', keys: [], primaryKey: '' } : refusal(problem);
}

/** A list that is too long for one response is cut, and says so. `fits` judges the encoded answer. */
export function fittingAnswer(answer: KeyAnswer, fits: (encoded: Buffer) => boolean): Buffer {
  let encoded = encodeKeyAnswer(answer);
  for (let shown = answer.keys.length - 1; shown >= 0 && !fits(encoded); shown--) {
    const message = `truncated key list response, showing first ${shown} of ${answer.keys.length} keys`;
    encoded = encodeKeyAnswer({ ...answer, message, keys: answer.keys.slice(0, shown) });
  }
  return encoded;
}
