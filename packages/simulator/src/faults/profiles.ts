/** How a world goes wrong. Chances are per 50 ms of virtual time, and per server where one server is hit. */
export interface Profile {
  readonly servers: number;
  /** More machines that may be added to the group. */
  readonly spares: number;
  readonly clients: number;
  readonly seconds: number;
  /** Servers, clients and troubles take so many times as long over everything; 5 is Consul's default `raft_multiplier`. */
  readonly pace: number;
  /** Between a minute of trouble and the next: troubles come once a minute, and clients ask now and then. */
  readonly calmMinutes: number;
  // ── network ──
  readonly loss: number;
  readonly duplicate: number;
  /** Each message takes up to this long, so they overtake one another. */
  readonly delayMsMax: number;
  /** Halves are cut, mostly in both directions, sometimes only in one. */
  readonly partition: number;
  /** All cuts are mended. */
  readonly heal: number;
  /** The connections of a server that lives on end. */
  readonly reset: number;
  /** A server is heard by nobody from the moment it is elected, or from soon after. */
  readonly coup: number;
  /** Leaders fall as in figure 8 of the Raft paper, all the time. */
  readonly figure8: boolean;
  // ── machines ──
  readonly crash: number;
  /** How soon a crashed server comes back. */
  readonly restart: number;
  /** Per write: the power fails for a moment just after it, when the answer has left. */
  readonly flicker: number;
  /** The process stands still for a while, as after SIGSTOP; its clock does not. */
  readonly pause: number;
  readonly pauseMsMax: number;
  /** Clocks run faster or slower by up to this share. */
  readonly drift: number;
  /** The clock on the wall is set an hour ahead or back. */
  readonly wallJump: number;
  // ── disks ──
  readonly slowDisk: number;
  readonly failingDisk: number;
  readonly fullDisk: number;
  /** A server finds the end of its log damaged when it restarts. */
  readonly rot: number;
  // ── operators ──
  readonly transfer: number;
  readonly membership: number;
  /** While members change: the leader and those who come are cut off from all others. */
  readonly split: number;
  readonly snapshotThreshold: number;
  readonly appendBytesMax: number;
  readonly readLeases: boolean;
  // ── locks ──
  /** Sessions that nobody renews end after twice this; 0: they live until somebody ends them. */
  readonly ttlMs: number;
  readonly lockDelayMs: number;
}

export const calm: Profile = {
  servers: 3,
  spares: 0,
  clients: 4,
  seconds: 4,
  pace: 1,
  calmMinutes: 0,
  loss: 0,
  duplicate: 0,
  delayMsMax: 3,
  partition: 0,
  heal: 0.06,
  coup: 0,
  figure8: false,
  reset: 0,
  crash: 0,
  restart: 0.1,
  flicker: 0,
  pause: 0,
  pauseMsMax: 1000,
  drift: 0,
  wallJump: 0,
  slowDisk: 0.01,
  failingDisk: 0,
  fullDisk: 0,
  rot: 0,
  transfer: 0,
  membership: 0,
  split: 0,
  snapshotThreshold: 60,
  appendBytesMax: 4096,
  readLeases: false,
  ttlMs: 0,
  lockDelayMs: 0,
};

export const profiles = {
  calm,
  crashes: { ...calm, crash: 0.03, flicker: 0.003 },
  partitions: { ...calm, partition: 0.06, coup: 0.1, transfer: 0.01, reset: 0.005 },
  'bad-network': { ...calm, loss: 0.1, duplicate: 0.1, delayMsMax: 60 },
  // TigerBeetle's ranges.
  'worst-network': { ...calm, loss: 0.3, duplicate: 0.5, delayMsMax: 100, partition: 0.02, heal: 0.1 },
  disks: { ...calm, crash: 0.02, slowDisk: 0.1, failingDisk: 0.01, fullDisk: 0.004, rot: 0.4, partition: 0.02 },
  clocks: { ...calm, drift: 0.3, wallJump: 0.02, pause: 0.02, partition: 0.02, crash: 0.005 },
  membership: { ...calm, spares: 2, membership: 0.08, flicker: 0.002, crash: 0.01, partition: 0.02, transfer: 0.005 },
  snapshots: { ...calm, snapshotThreshold: 8, crash: 0.03, partition: 0.04, loss: 0.03, duplicate: 0.2 },
  locks: {
    ...calm,
    seconds: 10,
    ttlMs: 1000,
    lockDelayMs: 500,
    drift: 0.05,
    wallJump: 0.01,
    crash: 0.008,
    partition: 0.02,
    transfer: 0.005,
    duplicate: 0.02,
  },
  leases: {
    ...calm,
    readLeases: true,
    drift: 0.05,
    pause: 0.02,
    partition: 0.05,
    crash: 0.02,
    flicker: 0.005,
    transfer: 0.01,
    reset: 0.01,
  },
  everything: {
    ...calm,
    servers: 5,
    spares: 1,
    loss: 0.03,
    duplicate: 0.03,
    delayMsMax: 20,
    crash: 0.012,
    partition: 0.04,
    pause: 0.005,
    drift: 0.05,
    transfer: 0.01,
    membership: 0.01,
    slowDisk: 0.05,
    failingDisk: 0.003,
    fullDisk: 0.002,
    snapshotThreshold: 30,
    readLeases: true,
    wallJump: 0.005,
    reset: 0.003,
    ttlMs: 600,
    lockDelayMs: 200,
  },
  'figure-8': {
    ...calm,
    servers: 5,
    clients: 2,
    seconds: 8,
    delayMsMax: 10,
    appendBytesMax: 1,
    restart: 0,
    figure8: true,
  },
} satisfies Record<string, Profile>;

/** Days of virtual time each: too long for the rotation. */
export const longProfiles = {
  // The worst network without a break, servers at the pace that Consul has by default; power cuts and partitions in all.
  seasons: {
    ...profiles['worst-network'],
    seconds: 86_400,
    pace: 5,
    delayMsMax: 500,
    calmMinutes: 30,
    clients: 3,
    crash: 0.01,
    flicker: 0.0005,
    transfer: 0.003,
    ttlMs: 60_000,
    lockDelayMs: 15_000,
  },
} satisfies Record<string, Profile>;

export type RotatedProfile = keyof typeof profiles;
export const rotatedProfiles = Object.keys(profiles) as RotatedProfile[];
export type ProfileName = RotatedProfile | keyof typeof longProfiles;
const allProfiles: Record<ProfileName, Profile> = { ...profiles, ...longProfiles };
export const profileNames = Object.keys(allProfiles) as ProfileName[];
export const profileOf = (name: ProfileName): Profile => allProfiles[name];
