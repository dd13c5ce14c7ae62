import { Awareness } from './awareness';

describe('local health awareness', () => {
  it('stays between 0 and max - 1', () => {
    const awareness = new Awareness(8);
    awareness.apply(-5);
    expect(awareness.score).toBe(0);
    awareness.apply(100);
    expect(awareness.score).toBe(7);
  });

  it('scales time-outs by score + 1', () => {
    const awareness = new Awareness(8);
    expect(awareness.scale(1000)).toBe(1000);
    awareness.apply(3);
    expect(awareness.scale(1000)).toBe(4000);
  });

  it('is switched off by a max of 1', () => {
    const awareness = new Awareness(1);
    awareness.apply(5);
    expect(awareness.scale(1000)).toBe(1000);
  });
});
