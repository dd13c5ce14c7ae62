import type { Clock } from '@tribune/platform';
import type { NodeStatus, PeerStatus } from '../node/outcomes';
import type { GossipServer } from '../server/lan-members';
import type { AutopilotSettings } from './autopilot-settings';

/** How a server does, as the leader sees it. */
export interface ServerHealth {
  readonly healthy: boolean;
  readonly lastContactMs: number;
  readonly lastIndex: number;
  readonly lastTerm: number;
  /** Wall clock, of the last change between healthy and not. */
  readonly stableSinceMs: number;
}

interface Observed {
  readonly health: ServerHealth;
  /** The same moment as `stableSinceMs`, on the clock that never jumps. */
  readonly sinceMs: number;
}

/** Remembers for how long each server has been healthy. Only the leader can tell. */
export class ServerHealthRecord {
  private readonly observed = new Map<string, Observed>();

  constructor(
    private readonly clock: Clock,
    private readonly settings: () => AutopilotSettings,
  ) {}

  /** Looks at every server; call it now and then. */
  observe(status: NodeStatus, servers: readonly GossipServer[]): void {
    const known = new Set(status.peers.map(({ id }) => id));
    for (const id of this.observed.keys()) if (!known.has(id)) this.observed.delete(id);
    for (const peer of status.peers) this.note(peer, status, servers);
  }

  of(id: string): ServerHealth | undefined {
    return this.observed.get(id)?.health;
  }

  /** Healthy, and for as long as a new server must be before it votes. */
  isStable(id: string): boolean {
    const observed = this.observed.get(id);
    if (!observed?.health.healthy) return false;
    return this.clock.monotonicMs() - observed.sinceMs >= this.settings().serverStabilizationMs;
  }

  clear(): void {
    this.observed.clear();
  }

  private note(peer: PeerStatus, status: NodeStatus, servers: readonly GossipServer[]): void {
    const { lastContactThresholdMs, maxTrailingLogs } = this.settings();
    const lastContactMs = peer.lastContactMs ?? Infinity;
    const lastIndex = peer.matchIndex ?? 0;
    const isAlive = servers.some(({ id, status: is }) => id === peer.id && is === 'alive');
    // One that was just added counts as heard of; until it has acknowledged something nobody knows that it is there.
    const isLevel = lastIndex > 0 && status.lastIndex - lastIndex <= maxTrailingLogs;
    const healthy = isAlive && isLevel && lastContactMs <= lastContactThresholdMs;
    const before = this.observed.get(peer.id);
    const isSame = before?.health.healthy === healthy;
    const sinceMs = isSame ? before.sinceMs : this.clock.monotonicMs();
    const stableSinceMs = isSame ? before.health.stableSinceMs : this.clock.wallMs();
    const health = { healthy, lastContactMs, lastIndex, lastTerm: status.lastTerm, stableSinceMs };
    this.observed.set(peer.id, { health, sinceMs });
  }
}
