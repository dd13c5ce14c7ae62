import { Keyring } from './keyring';

const [A, B, C] = [16, 24, 32].map((length) => Buffer.alloc(length, length)) as [Buffer, Buffer, Buffer];

describe('the keyring', () => {
  it('keeps the primary key first', () => {
    const keyring = new Keyring([A, B]);
    expect(keyring.add(C)).toBeUndefined();
    expect(keyring.use(C)).toBeUndefined();
    expect(keyring.keys).toEqual([C, A, B]);
    expect(keyring.primary).toEqual(C);
  });

  it('takes a key twice without having it twice', () => {
    const keyring = new Keyring([A]);
    expect(keyring.add(A)).toBeUndefined();
    expect(keyring.keys).toHaveLength(1);
  });

  it.each([0, 15, 17, 33])('refuses keys of %i bytes', (length) => {
    expect(new Keyring([A]).add(Buffer.alloc(length))).toBe('key size must be 16, 24 or 32 bytes');
  });

  it('uses only installed keys and never removes the primary one', () => {
    const keyring = new Keyring([A, B]);
    expect(keyring.use(C)).toBe('Requested key is not in the keyring');
    expect(keyring.remove(A)).toBe('Removing the primary key is not allowed');
    expect(keyring.remove(B)).toBeUndefined();
    expect(keyring.remove(B)).toBeUndefined();
    expect(keyring.keys).toEqual([A]);
  });
});
