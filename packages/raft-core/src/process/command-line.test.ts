import { autopilotDefaults } from '../leader-duties/autopilot-settings';
import { readOptions } from '@tribune/platform';
import { CommandLineError, commandLineSpecs, readCommandLine } from './command-line';

const read = (...argv: string[]) => readCommandLine(readOptions(commandLineSpecs, argv, {}));

describe('the command line of a server', () => {
  it('needs a node name only', () => {
    expect(read('--node', 'n1')).toEqual({
      id: '',
      membershipAddress: '127.0.0.1:8311',
      admin: { host: '127.0.0.1', port: 8310 },
      logLevel: 'info',
      server: {
        nodeName: 'n1',
        datacenter: 'dc1',
        rpcAddress: '127.0.0.1:8300',
        advertiseAddress: '127.0.0.1',
        dataDir: undefined,
        bootstrap: false,
        bootstrapExpect: 0,
        raftMultiplier: 1,
        raft: { readLeases: false },
        autopilot: autopilotDefaults,
      },
    });
  });

  it('takes IPv6 addresses', () => {
    expect(read('--node=n1', '--admin-address=[::1]:1').admin).toEqual({ host: '::1', port: 1 });
  });

  it.each([
    [['--bootstrap', 'yes'], '--bootstrap is "yes"'],
    [['--bootstrap-expect', 'x'], '--bootstrap-expect is "x"'],
    [['--bootstrap-expect', '-1'], 'bootstrapExpect is -1'],
    [['--bootstrap=true', '--bootstrap-expect=3'], 'exclude each other'],
    [['--raft-multiplier', '11'], 'raftMultiplier is 11'],
    [['--autopilot', '{'], '--autopilot is "{", must be JSON'],
    [['--rpc-address', 'nowhere'], 'rpcAddress is "nowhere"'],
    [['--admin-address', '8310'], '--admin-address is "8310"'],
    [['--log-level', 'loud'], '--log-level is "loud"'],
  ])('refuses %j', (argv, problem) => {
    expect(() => read('--node', 'n1', ...argv)).toThrow(CommandLineError);
    expect(() => read('--node', 'n1', ...argv)).toThrow(problem);
  });

  it('names all problems at once', () => {
    expect(() => read('--node', 'n1', '--log-level', 'loud', '--bootstrap', 'x')).toThrow(
      /--bootstrap.*\n.*--log-level/,
    );
  });
});
