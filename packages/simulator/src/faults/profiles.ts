/** How a world goes wrong. Chances are per 50 ms of virtual time. */
export interface Profile {
  readonly servers: number;
  readonly clients: number;
  readonly seconds: number;
  readonly loss: number;
  readonly duplicate: number;
  readonly delayMsMax: number;
  readonly crash: number;
  readonly partition: number;
  readonly transfer: number;
  readonly slowDisk: number;
}

const calm: Profile = {
  servers: 3,
  clients: 4,
  seconds: 8,
  loss: 0,
  duplicate: 0,
  delayMsMax: 3,
  crash: 0,
  partition: 0,
  transfer: 0,
  slowDisk: 0.01,
};

export const profiles = {
  calm,
  crashes: { ...calm, crash: 0.02 },
  partitions: { ...calm, partition: 0.06, transfer: 0.01 },
  'bad-network': { ...calm, loss: 0.1, duplicate: 0.1, delayMsMax: 60 },
  everything: {
    ...calm,
    servers: 5,
    loss: 0.03,
    duplicate: 0.03,
    delayMsMax: 20,
    crash: 0.012,
    partition: 0.04,
    transfer: 0.01,
    slowDisk: 0.05,
  },
} satisfies Record<string, Profile>;

export type ProfileName = keyof typeof profiles;
