import { isWithin, labelsOf, nameFromText, nameKey, ROOT, textOf } from './name';

const name = (text: string): Buffer => nameFromText(text)!;

describe('a domain name', () => {
  it('goes from text to wire and back', () => {
    expect([...name('a.bc.')]).toEqual([1, 97, 2, 98, 99, 0]);
    expect(textOf(name('Web.service.consul'))).toBe('Web.service.consul.');
    expect(labelsOf(name('ç.consul'))).toEqual(['ç', 'consul']);
    expect(nameFromText('.')).toBe(ROOT);
  });

  it.each([`${'a'.repeat(64)}.consul`, 'a..b', '.a', Array(130).fill('a').join('.')])('refuses %s', (text) => {
    expect(nameFromText(text)).toBeUndefined();
  });

  it('is compared without regard to ASCII case, and to ASCII case only', () => {
    expect(nameKey(name('WeB.Consul'))).toBe(nameKey(name('web.consul')));
    expect(nameKey(name('À.consul'))).not.toBe(nameKey(name('à.consul')));
  });

  it('lies within a zone only at a label boundary', () => {
    expect(isWithin(name('web.service.Consul'), name('consul'))).toBe(true);
    expect(isWithin(name('consul'), name('consul'))).toBe(true);
    expect(isWithin(name('notconsul'), name('consul'))).toBe(false);
    expect(isWithin(name('consul.com'), name('consul'))).toBe(false);
  });
});
