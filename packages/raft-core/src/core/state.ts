/**
 * What every role shares: term, vote, log, membership, timers and the outbox. The role files (`follower`, `candidate`,
 * `leader`) are functions over it. Only `becomeFollower` lives here, since every role can fall back to it.
 */
import { assert, type Random } from '@tribune/platform';
import type { Candidacy } from './candidacy';
import type { PersistentState, RaftConfig } from './config';
import { decodeConfiguration } from './configuration-codec';
import type { Leadership } from './leadership';
import { RaftLog } from './log';
import { ConfigurationHistory, isVoter, noConfiguration } from './membership';
import type {
  Configuration,
  Entry,
  HardState,
  LogIndex,
  LogPosition,
  Message,
  ServerId,
  SnapshotMeta,
  Term,
} from './message';
import { Patience } from './patience';
import type { Fact, LogLoad } from './ready';
import type { Role } from './role';

/** A message as a role writes it; sender and term are added on the way out. */
export type Outgoing = Message extends infer M
  ? M extends Message
    ? Omit<M, 'from' | 'term'> & { term?: Term }
    : never
  : never;

export class RaftState {
  readonly id: ServerId;
  term: Term;
  votedFor: ServerId | undefined;
  role: Role = 'follower';
  leaderId: ServerId | undefined;
  candidacy: Candidacy | undefined;
  leadership: Leadership | undefined;
  readonly log: RaftLog;
  readonly history: ConfigurationHistory;
  /** Ticks since the leader was heard, a vote was granted or a campaign began. */
  electionElapsed = 0;
  electionTimeout = 0;
  private readonly patience: Patience;
  /** Since a leader spoke, or this server started: what it promised before a restart is not forgotten (R8). */
  leaderSilentTicks = 0;
  /** The shell's monotonic clock, as last told. Only leases look at it. */
  nowMs = 0;
  /** The leader's connection closed: a few quick campaigns before the usual pace (R24). */
  quickCampaigns = 0;
  /** The leader whose connection closed. While campaigns are quick, nobody waits for its vote. */
  presumedDead: ServerId | undefined;
  /** Until the log reaches this index again, its entries are not what this server once acknowledged: no vote (S3). */
  distrustedUpTo: LogIndex | undefined;
  /** The snapshot that replaces the log with the next batch. */
  pendingReset: LogPosition | undefined;
  /** The snapshot that the state machine must load before anything else is applied. */
  restoring: SnapshotMeta | undefined;
  readonly facts: Fact[] = [];
  /** May leave at once. */
  readonly messages: Message[] = [];
  /** Rest on what the next batch makes durable. */
  readonly durableMessages: Message[] = [];
  /** Entries that followers need and memory no longer holds. */
  readonly loads: LogLoad[] = [];
  /** Followers that need the newest snapshot. */
  readonly sendSnapshots: ServerId[] = [];
  private durableHardState: HardState;
  private lastReadToken = 0;

  constructor(
    readonly config: RaftConfig,
    restored: PersistentState,
    private readonly random: Random,
  ) {
    this.id = config.id;
    this.patience = new Patience(config.electionTicks);
    this.term = restored.hardState.term;
    this.votedFor = restored.hardState.votedFor;
    this.durableHardState = restored.hardState;
    this.distrustedUpTo = restored.distrustedUpTo;
    this.log = new RaftLog(restored, config.cacheBytesMax);
    const { snapshot } = restored;
    const base = { index: snapshot?.index ?? 0, configuration: snapshot?.configuration ?? noConfiguration };
    this.history = new ConfigurationHistory(base, restored.configurations);
    this.resetElectionTimer();
  }

  get configuration(): Configuration {
    return this.history.latest.configuration;
  }

  get hardState(): HardState {
    return { term: this.term, votedFor: this.votedFor };
  }

  get hardStateIsDurable(): boolean {
    return this.durableHardState.term === this.term && this.durableHardState.votedFor === this.votedFor;
  }

  /**
   * A voter whose log is whole. Everyone answers votes, but only such a server stands for election. One that was removed
   * by an entry not known to be committed still counts: it may be the only one that has this entry, and then nobody else
   * can be elected (thesis §4.2.2).
   */
  get mayCampaign(): boolean {
    const isCandidate = this.history
      .possible(this.log.commitIndex)
      .some((configuration) => isVoter(configuration, this.id));
    return isCandidate && this.distrustedUpTo === undefined && this.restoring === undefined;
  }

  get isSoleVoter(): boolean {
    const { voters, outgoing } = this.configuration;
    return outgoing.length === 0 && voters.length === 1 && voters[0]!.id === this.id;
  }

  /** Vote stickiness (R5): while a leader is heard, nobody is helped to depose it. */
  get hearsLeader(): boolean {
    if (this.leadership) return true;
    if (this.keepsLeasePromise && this.leaderSilentTicks < this.config.electionTicks) return true;
    return this.leaderId !== undefined && this.electionElapsed < this.electionTicks;
  }

  /** Leases are on: nobody stands or votes before a leader was silent for an election timeout, whatever else is known. */
  private get keepsLeasePromise(): boolean {
    return this.leaseMs > 0;
  }

  /** The shortest election timeout, as long as it is for now. */
  get electionTicks(): number {
    return this.config.electionTicks * this.patience.factor;
  }

  /** There is nobody else who could ever ask for an entry. */
  get isAlone(): boolean {
    return this.isSoleVoter && this.configuration.learners.length === 0;
  }

  get leaseMs(): number {
    return this.config.leaseMs ?? 0;
  }

  readonly nextReadToken = (): number => ++this.lastReadToken;

  /** Leaves at once, unless it speaks of a term or vote that a crash could still undo (R1). */
  send(message: Outgoing): void {
    (this.hardStateIsDurable ? this.messages : this.durableMessages).push(this.address(message));
  }

  /** Leaves when everything that this server knows now is on its disk. */
  sendDurably(message: Outgoing): void {
    this.durableMessages.push(this.address(message));
  }

  hardStatePersisted(hardState: HardState): void {
    this.durableHardState = hardState;
  }

  becomeFollower(term: Term, leaderId: ServerId | undefined, reason: string): void {
    assert(term >= this.term, 'the term never falls');
    if (term > this.term) this.votedFor = undefined;
    this.term = term;
    if (this.leadership) {
      this.facts.push({ kind: 'steppedDown', term, reason });
      this.endLeadership();
    }
    this.candidacy = undefined;
    this.setRole('follower');
    this.setLeader(leaderId);
    this.resetElectionTimer();
  }

  setRole(role: Role): void {
    if (this.role === role) return;
    this.role = role;
    this.facts.push({ kind: 'roleChanged', role, term: this.term });
  }

  setLeader(leaderId: ServerId | undefined): void {
    if (leaderId !== undefined) this.endQuickCampaigns();
    if (this.leaderId === leaderId) return;
    this.leaderId = leaderId;
    this.facts.push({ kind: 'leaderChanged', leaderId, term: this.term });
  }

  tickElection(): void {
    this.electionElapsed++;
    this.leaderSilentTicks++;
    if (this.leaderId !== undefined && this.patience.tickInPeace()) this.drawElectionTimeout();
  }

  /** Somebody stands because a timeout passed: nobody handed over, and no connection closed. */
  electionBegan(transfer: boolean): void {
    if (!transfer && this.quickCampaigns === 0) this.patience.electionBegan();
  }

  resetElectionTimer(): void {
    this.electionElapsed = 0;
    this.drawElectionTimeout();
  }

  /** Random in [1, 2) election timeouts; at once for a server that has nobody to ask or to disturb. */
  private drawElectionTimeout(): void {
    const { electionTicks } = this;
    this.electionTimeout =
      this.isSoleVoter && !this.keepsLeasePromise ? 1 : electionTicks + this.random.integer(electionTicks);
  }

  /** A short, jittered wait: long enough that two followers rarely stand together, far shorter than a timeout. */
  hastenElection(): void {
    if (this.keepsLeasePromise) return;
    this.electionElapsed = 0;
    this.electionTimeout = 1 + this.random.integer(Math.max(1, Math.ceil(this.config.electionTicks / 3)));
  }

  /** Behind those who were hastened. */
  postponeElection(): void {
    if (this.keepsLeasePromise) return;
    const third = Math.ceil(this.config.electionTicks / 3);
    this.electionTimeout = third + this.random.integer(third);
  }

  beginQuickCampaigns(count: number, presumedDead: ServerId): void {
    this.quickCampaigns = count;
    this.presumedDead = presumedDead;
    this.hastenElection();
  }

  endQuickCampaigns(): void {
    this.quickCampaigns = 0;
    this.presumedDead = undefined;
  }

  append(entry: Entry): void {
    this.log.append(entry);
    if (entry.kind === 'configuration') this.configurationAppended(entry.index, decodeConfiguration(entry.data));
  }

  truncate(index: LogIndex): void {
    this.log.truncate(index);
    if (this.history.truncate(index))
      this.facts.push({ kind: 'configurationChanged', index: this.history.latest.index });
  }

  commitTo(index: LogIndex): void {
    const before = this.log.commitIndex;
    if (!this.log.commitTo(index)) return;
    const { latest } = this.history;
    if (latest.index > before && latest.index <= index) {
      this.facts.push({
        kind: 'configurationCommitted',
        index: latest.index,
        joint: latest.configuration.outgoing.length > 0,
      });
    }
  }

  private configurationAppended(index: LogIndex, configuration: Configuration): void {
    this.history.append(index, configuration);
    this.facts.push({ kind: 'configurationChanged', index });
  }

  private endLeadership(): void {
    const { reads } = this.leadership!;
    if (reads.pending.length > 0) this.facts.push({ kind: 'readsLost', reads: reads.pending });
    this.leadership = undefined;
  }

  private address(message: Outgoing): Message {
    return { term: this.term, ...message, from: this.id } as Message;
  }
}
