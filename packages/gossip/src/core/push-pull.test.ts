import { incompatibility, pushPullIntervalMs } from './push-pull';

describe('the interval of state exchanges', () => {
  it.each([
    [3, 30_000],
    [32, 30_000],
    [33, 60_000],
    [100, 90_000],
    [1_000, 180_000],
    [10_000, 300_000],
  ])('with %i members is %i ms', (members, expected) => expect(pushPullIntervalMs(30_000, members)).toBe(expected));
});

describe('protocol versions', () => {
  const speaker = (name: string, versions: number[], state = 'alive') =>
    ({
      name,
      host: '10.0.0.1',
      port: 1,
      meta: new Uint8Array(),
      incarnation: 1,
      changedAtMs: 0,
      versions,
      state,
    }) as never;
  const ours = speaker('us', [1, 5, 2, 2, 5, 4]);

  it('accept whoever speaks what all understand', () => {
    expect(incompatibility([ours], [speaker('serf', [1, 5, 2, 2, 5, 5])])).toBeUndefined();
  });

  it('refuse a member that speaks what somebody alive does not understand', () => {
    expect(incompatibility([ours], [speaker('new', [1, 9, 7, 2, 5, 4])])).toBe(
      "Node 'new' protocol version (7) is incompatible: [1, 5]",
    );
    expect(incompatibility([ours], [speaker('old', [1, 5, 2, 1, 1, 1])])).toMatch(/delegate protocol version/);
  });

  it('do not let the dead narrow the range', () => {
    expect(incompatibility([ours], [speaker('dead', [4, 5, 4, 2, 5, 4], 'dead')])).toBeUndefined();
  });

  it('ignore rows without versions', () => {
    expect(incompatibility([ours], [speaker('mute', [])])).toBeUndefined();
  });
});
