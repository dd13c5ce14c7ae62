/** AES key sizes: AES-128, AES-192, AES-256. */
const KEY_BYTES: readonly number[] = [16, 24, 32];

/** Why these bytes are no key, or undefined. memberlist's words, which operators know. */
export function keyProblem(key: Uint8Array): string | undefined {
  return KEY_BYTES.includes(key.length) ? undefined : 'key size must be 16, 24 or 32 bytes';
}

/**
 * The gossip keys: the primary one, first, seals; all of them open. Rotation is add everywhere, use everywhere, remove
 * everywhere, so that at no moment two members cannot read each other.
 */
export class Keyring {
  private installed: Buffer[];

  /** `keys[0]` is the primary key; there is at least one, each of a valid size. */
  constructor(keys: readonly Uint8Array[]) {
    this.installed = keys.map((key) => Buffer.from(key));
  }

  get keys(): readonly Buffer[] {
    return this.installed;
  }

  get primary(): Buffer {
    return this.installed[0]!;
  }

  /** Each operation returns what is wrong, or undefined when it is done. Adding twice is fine. */
  add(key: Uint8Array): string | undefined {
    const problem = keyProblem(key);
    if (problem !== undefined) return problem;
    if (!this.find(key)) this.installed = [...this.installed, Buffer.from(key)];
    return undefined;
  }

  use(key: Uint8Array): string | undefined {
    const found = this.find(key);
    if (!found) return 'Requested key is not in the keyring';
    this.installed = [found, ...this.installed.filter((other) => other !== found)];
    return undefined;
  }

  remove(key: Uint8Array): string | undefined {
    const found = this.find(key);
    if (found === this.primary) return 'Removing the primary key is not allowed';
    this.installed = this.installed.filter((other) => other !== found);
    return undefined;
  }

  private find(key: Uint8Array): Buffer | undefined {
    return this.installed.find((other) => other.equals(key));
  }
}
