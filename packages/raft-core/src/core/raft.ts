/**
 * Raft as a value-in, value-out machine: no clock, no disk, no network.
 *
 * Inputs (`tick`, `step`, `propose` …) change the state and may leave work behind; `ready` hands that work to the shell
 * in the order of duty; `advance`, `persisted`, `loaded`, `restored` and `snapshotSent` report it done. This file knows
 * terms and who is asked; what the roles do is in `follower`, `candidate` and `leader`.
 *
 * Ongaro, "Consensus: Bridging Theory and Practice" (2014); the rules beyond it are numbered in docs/raft.md.
 */
import { assert, type Random } from '@tribune/platform';
import { onAppendAccepted, onAppendRejected, onHeartbeatResponse } from './acknowledgement';
import { Application } from './application';
import { campaign, campaignForReal, onVoteResponse } from './candidate';
import type { PersistentState, RaftConfig } from './config';
import { encodeConfiguration } from './configuration-codec';
import { sizeOf } from './entry-cache';
import { onAppend, onHeartbeat, onInstallSnapshot } from './follower';
import { appendOwn, tickLeader } from './leader';
import { hasCommittedInTerm } from './leadership';
import { holdsLease } from './lease';
import type { MembershipChange } from './membership';
import type { Configuration, Entry, LogIndex, Message, ServerId, Term } from './message';
import { Persistence } from './persistence';
import type { ReadContext } from './read-index';
import type { LogLoad, Persist, Ready } from './ready';
import { startChange, type ChangeStart } from './reconfiguration';
import { beginReads } from './read-rounds';
import { onLoaded, replicate } from './replication';
import type { Role } from './role';
import { RaftState } from './state';
import { statusOf, type RaftStatus } from './status';
import { startTransfer, type TransferStart } from './transfer';
import { answerVoteRequest, rejectVote } from './vote';

export interface NotLeader {
  readonly kind: 'notLeader';
  readonly leaderId: ServerId | undefined;
}

export type ProposeResult =
  | { readonly kind: 'accepted'; readonly firstIndex: LogIndex; readonly term: Term }
  | { readonly kind: 'refused'; readonly reason: string; readonly retryable: boolean }
  | NotLeader;

export type ReadIndexResult =
  | { readonly kind: 'confirmed'; readonly index: LogIndex }
  /** A fact `readsConfirmed` or `readsLost` will name the context. */
  | { readonly kind: 'pending' }
  | NotLeader;

/** Quick attempts after the leader's connection closed, before the usual pace returns. */
const QUICK_CAMPAIGNS = 5;

export class Raft {
  private readonly state: RaftState;
  private readonly persistence: Persistence;
  private readonly application: Application;
  private handedOut: Ready | undefined;
  private compactTo: LogIndex | undefined;

  constructor(
    private readonly config: RaftConfig,
    restored: PersistentState,
    random: Random,
  ) {
    this.state = new RaftState(config, restored, random);
    this.persistence = new Persistence(this.state, config.persistBytesMax);
    this.application = new Application(this.state, config);
  }

  get role(): Role {
    return this.state.role;
  }

  get term(): Term {
    return this.state.term;
  }

  get leaderId(): ServerId | undefined {
    return this.state.leaderId;
  }

  get appliedIndex(): LogIndex {
    return this.state.log.appliedIndex;
  }

  get commitIndex(): LogIndex {
    return this.state.log.commitIndex;
  }

  /** A snapshot is on its way into the state machine; until it is there no other one is accepted. */
  get isRestoring(): boolean {
    return this.state.restoring !== undefined;
  }

  get isSoleVoter(): boolean {
    return this.state.isSoleVoter;
  }

  status(): RaftStatus {
    return statusOf(this.state);
  }

  /** The configuration in force at an applied index, for the snapshot taken there. */
  configurationAt(index: LogIndex): Configuration {
    return this.state.history.at(index);
  }

  termAt(index: LogIndex): Term | undefined {
    return this.state.log.termAt(index);
  }

  /** One unit of time. */
  tick(): void {
    const { state } = this;
    if (this.persistence.isBusy && ++this.persistence.ticks === this.config.diskStallTicks) this.diskStalled();
    state.tickElection();
    if (state.leadership) return tickLeader(state);
    if (state.electionElapsed < state.electionTimeout) return;
    // A sole voter waits for nobody but its own disk: standing again would only raise the term.
    if (state.isSoleVoter && state.role === 'candidate') return;
    if (state.mayCampaign) return campaign(state);
    state.setLeader(undefined);
  }

  /** What the shell's monotonic clock says; told before whatever happens then. */
  timeIs(nowMs: number): void {
    this.state.nowMs = nowMs;
  }

  get holdsLease(): boolean {
    return holdsLease(this.state);
  }

  /** A message from a peer. */
  step(message: Message): void {
    if (message.to !== this.state.id) return;
    if (message.term > this.state.term) {
      if (this.enterTermOf(message)) this.dispatch(message);
    } else if (message.term < this.state.term) {
      this.answerLowerTerm(message);
    } else {
      this.dispatch(message);
    }
  }

  /** All or none. They are sent and persisted together with everything else that comes before the next `ready`. */
  propose(commands: readonly Uint8Array[]): ProposeResult {
    const { state } = this;
    const { leadership } = state;
    if (!leadership) return { kind: 'notLeader', leaderId: state.leaderId };
    // Whoever asked looks for a leader again, and finds the next one, or this one if nobody takes over.
    if (leadership.transfer) return { kind: 'notLeader', leaderId: undefined };
    if (leadership.uncommittedBytes > this.config.uncommittedBytesMax) {
      return { kind: 'refused', reason: 'too much waits to be committed', retryable: true };
    }
    const firstIndex = state.log.lastIndex + 1;
    for (const command of commands) leadership.uncommittedBytes += sizeOf(appendOwn(state, 'command', command));
    return { kind: 'accepted', firstIndex, term: state.term };
  }

  /** A linearizable read (R7). `context` comes back in a fact unless the answer is immediate. */
  readIndex(context: ReadContext): ReadIndexResult {
    const { state } = this;
    if (!state.leadership) return { kind: 'notLeader', leaderId: state.leaderId };
    if (state.isSoleVoter && hasCommittedInTerm(state)) return { kind: 'confirmed', index: state.log.commitIndex };
    if (holdsLease(state)) return { kind: 'confirmed', index: state.log.commitIndex };
    state.leadership.reads.add(context);
    return { kind: 'pending' };
  }

  proposeConfChange(changes: readonly MembershipChange[]): ChangeStart | NotLeader {
    if (!this.state.leadership) return { kind: 'notLeader', leaderId: this.state.leaderId };
    return startChange(this.state, changes);
  }

  transferLeadership(target?: ServerId): TransferStart | NotLeader {
    if (!this.state.leadership) return { kind: 'notLeader', leaderId: this.state.leaderId };
    return startTransfer(this.state, target);
  }

  /** The first entry of a new group. All servers that bootstrap it must name the same members. */
  bootstrap(configuration: Configuration): 'bootstrapped' | 'logNotEmpty' {
    const { state } = this;
    if (state.log.lastIndex > 0 || state.term > 0) return 'logNotEmpty';
    state.term = 1;
    state.append({ index: 1, term: 1, kind: 'configuration', data: encodeConfiguration(configuration) });
    state.resetElectionTimer();
    return 'bootstrapped';
  }

  /** The connection with a peer ended. If it led, stand soon: the pre-vote decides whether it is really gone (R24). */
  peerClosed(id: ServerId): void {
    const { state } = this;
    const follower = state.leadership?.progress.get(id);
    if (follower?.state === 'replicate') follower.becomeProbe();
    if (state.leadership || state.leaderId !== id) return;
    state.setLeader(undefined);
    state.beginQuickCampaigns(QUICK_CAMPAIGNS, id);
  }

  /** What must be done now, or undefined. Each Ready is advanced before the next is taken. */
  ready(): Ready | undefined {
    assert(!this.handedOut, 'advance comes before the next ready');
    const { state } = this;
    if (state.leadership) beginReads(state);
    if (state.leadership) replicate(state);
    const persist = this.persistence.next();
    const apply = this.application.next();
    const ready: Ready = {
      facts: state.facts.splice(0),
      messages: state.messages.splice(0),
      persist,
      restore: persist?.reset ? state.restoring : undefined,
      apply,
      loads: state.loads.splice(0),
      sendSnapshots: state.sendSnapshots.splice(0),
      compact: this.compactTo,
    };
    this.compactTo = undefined;
    if (isEmpty(ready)) return undefined;
    this.handedOut = ready;
    return ready;
  }

  /** Everything in `ready` was done, except that `persist` and `loads` may only have begun. */
  advance(ready: Ready): void {
    assert(this.handedOut === ready, 'the Ready that was handed out');
    this.handedOut = undefined;
    if (ready.apply.length > 0) this.application.done(ready.apply);
  }

  /** The batch is durable: leader and follower alike now hold these entries. */
  persisted(batch: Persist): void {
    this.persistence.done(batch);
  }

  /** The entries that `load` asked for; none when they are gone. */
  loaded(load: LogLoad, entries: readonly Entry[]): void {
    const { log } = this.state;
    // The end of what the disk gave may have been replaced in memory meanwhile.
    const replaced = entries.findIndex((entry) => !log.has(entry));
    const current = replaced < 0 ? entries : entries.slice(0, replaced);
    if (load.follower !== undefined) return onLoaded(this.state, load.follower, current);
    this.application.onLoaded(current);
  }

  /** The state machine stands at the snapshot of `Ready.restore`. */
  restored(): void {
    const { state } = this;
    assert(state.restoring, 'a snapshot was being restored');
    state.log.applied(state.restoring.index);
    state.restoring = undefined;
    this.application.restored();
  }

  /** `index` undefined: the snapshot did not arrive. */
  snapshotSent(to: ServerId, index: LogIndex | undefined): void {
    this.state.leadership?.progress.get(to)?.snapshotEnded(index);
  }

  /** A durable snapshot covers the log up to `index`: forget it. */
  compact(index: LogIndex): void {
    const { log, history } = this.state;
    const upTo = Math.min(index, log.appliedIndex, log.stableIndex);
    if (upTo <= log.base.index || this.state.restoring) return;
    log.compact(upTo);
    history.compact(upTo);
    this.compactTo = upTo;
  }

  /** False when the message is refused without entering its term. */
  private enterTermOf(message: Message): boolean {
    const { state } = this;
    if (message.type === 'voteRequest') {
      if (!message.transfer && state.hearsLeader) {
        rejectVote(state, message);
        return false;
      }
      if (message.preVote) return true;
      state.electionBegan(message.transfer);
    }
    if (message.type === 'voteResponse' && message.preVote && message.granted) return true;
    const isFromLeader =
      message.type === 'append' || message.type === 'heartbeat' || message.type === 'installSnapshot';
    state.becomeFollower(message.term, isFromLeader ? message.from : undefined, 'another server is in a later term');
    return true;
  }

  /** Whoever lives in an earlier term is told of ours, else it could stay there for ever (R4, R5). */
  private answerLowerTerm(message: Message): void {
    const { state } = this;
    if (message.type === 'voteRequest') {
      rejectVote(state, message);
    } else if (message.type === 'append' || message.type === 'heartbeat' || message.type === 'installSnapshot') {
      state.send({ type: 'heartbeatResponse', to: message.from, readToken: 0 });
    } else if (message.type === 'voteResponse' && message.preVote && !message.granted) {
      // A pre-vote is refused in the voter's own term, which may be below ours.
      onVoteResponse(state, message);
    }
  }

  private dispatch(message: Message): void {
    const { state } = this;
    switch (message.type) {
      case 'voteRequest':
        return answerVoteRequest(state, message);
      case 'voteResponse':
        return onVoteResponse(state, message);
      case 'append':
        return onAppend(state, message);
      case 'heartbeat':
        return onHeartbeat(state, message);
      case 'installSnapshot':
        return onInstallSnapshot(state, message);
      case 'appendAccepted':
        return onAppendAccepted(state, message);
      case 'appendRejected':
        return onAppendRejected(state, message);
      case 'heartbeatResponse':
        return onHeartbeatResponse(state, message);
      case 'timeoutNow':
        if (!state.leadership && state.mayCampaign) campaignForReal(state, true);
    }
  }

  /** R21: heartbeats go on while the disk hangs, so the others would never know. Let one of them lead. */
  private diskStalled(): void {
    const { state } = this;
    if (!state.leadership || state.isSoleVoter) return;
    state.facts.push({ kind: 'diskStalled', ticks: this.persistence.ticks });
    startTransfer(state, undefined);
  }
}

function isEmpty(ready: Ready): boolean {
  return (
    ready.persist === undefined &&
    ready.compact === undefined &&
    ready.facts.length +
      ready.messages.length +
      ready.apply.length +
      ready.loads.length +
      ready.sendSnapshots.length ===
      0
  );
}
