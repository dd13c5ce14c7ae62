import { seededRandom } from '@tribune/platform';
import type { SimNetwork } from '../world/sim-network';
import type { SimServer } from '../world/sim-server';
import { calm } from './profiles';
import { Troubles } from './troubles';

/** A server whose node has failed, on a disk that gave `diskFailure`. */
function failed(id: string, failure: Error, diskFailure?: Error) {
  const server = { id, failure, isOn: true, disk: { failure: diskFailure }, crash: () => void (server.isOn = false) };
  return server as unknown as SimServer;
}

test.each(['step', 'end'] as const)(
  '%s: a server that ended by itself is told of, one whose disk failed is not',
  (when) => {
    const broken = new Error('input/output error');
    const servers = [failed('s0', broken, broken), failed('s1', new Error('an invariant'), undefined)];
    const network = { healAll: () => undefined } as unknown as SimNetwork;
    const told: string[] = [];
    for (const server of servers) Object.assign(server, { start: async () => undefined });
    const troubles = new Troubles({ ...calm, heal: 0 }, servers, network, seededRandom(1), (what) => told.push(what));
    troubles[when]();
    expect(told).toEqual(['s1 ended by itself: an invariant']);
    // They may start again.
    expect(servers.map(({ isOn }) => isOn)).toEqual([false, false]);
  },
);
