import { OptionsError, readOptions } from './options';

const SPECS = {
  'grpc-address': { help: 'where to listen', default: '127.0.0.1:0' },
  node: { help: 'name of the node' },
};

describe('options of a piece', () => {
  it('come from flags, with one dash or two, then the environment, then the defaults', () => {
    expect(readOptions(SPECS, ['-node', 'a'], {})).toEqual({ 'grpc-address': '127.0.0.1:0', node: 'a' });
    expect(readOptions(SPECS, ['--node=a'], { TRIBUNE_GRPC_ADDRESS: ':1', TRIBUNE_NODE: 'b' })).toEqual({
      'grpc-address': ':1',
      node: 'a',
    });
  });

  it('are refused with every problem at once', () => {
    const problems = catchProblems(() => readOptions(SPECS, ['--nope', 'x', '--grpc-address'], {}));
    expect(problems).toEqual([
      'unknown argument --nope',
      'unknown argument x',
      '--grpc-address needs a value',
      '--node (or TRIBUNE_NODE) is required: name of the node',
    ]);
  });
});

function catchProblems(run: () => unknown): readonly string[] {
  try {
    run();
  } catch (error) {
    if (error instanceof OptionsError) return error.detail.problems;
    throw error;
  }
  return [];
}
