import { defaultProfile, type Profile, SimCluster } from './simulation/sim-cluster';

/** RAFT_SIM_SEEDS widens the search, RAFT_SIM_SEED replays one history. */
const SEEDS = Number(process.env['RAFT_SIM_SEEDS'] ?? 40);
const ONLY = process.env['RAFT_SIM_SEED'];

const profiles: Record<string, Profile> = {
  calm: { ...defaultProfile, loss: 0, duplicate: 0, crash: 0, partition: 0, membership: 0 },
  'crashes and partitions of three': { ...defaultProfile, membership: 0 },
  'five servers, everything at once': { ...defaultProfile, servers: 5 },
  'changing membership': { ...defaultProfile, membership: 0.02, crash: 0.004 },
  'a terrible network': { ...defaultProfile, loss: 0.3, duplicate: 0.2, delayMax: 20 },
  'hurried snapshots': { ...defaultProfile, snapshot: 0.08 },
};

describe.each(Object.entries(profiles))('%s', (_name, profile) => {
  it('keeps every promise, and recovers when the faults end', () => {
    const seeds = ONLY === undefined ? Array.from({ length: SEEDS }, (_, i) => i + 1) : [Number(ONLY)];
    for (const seed of seeds) {
      try {
        new SimCluster(seed, profile).run();
      } catch (error) {
        throw new Error(`seed ${seed}: ${(error as Error).message}`, { cause: error });
      }
    }
  });
});
