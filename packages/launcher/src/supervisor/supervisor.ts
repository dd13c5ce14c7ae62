import {
  listenErrorText,
  messageOf,
  sleep,
  type Clock,
  type Logger,
  type Metrics,
  type Readiness,
  type Startable,
} from '@tribune/platform';
import type { Piece } from '../pieces/piece';
import { BackOff } from './back-off';

export interface SupervisorCollaborators {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/**
 * Starts pieces in order, starts one again that dies (for ever, with growing pauses), and stops them in reverse. The first
 * start is different: a port that is taken or a folder that cannot be read is told to the operator, who is watching.
 */
export class Supervisor implements Startable {
  private readonly started: Piece[] = [];
  private readonly restarting = new Map<Piece, Promise<void>>();
  private readonly stopping = new AbortController();
  private readonly restarts;

  constructor(
    private readonly pieces: readonly Piece[],
    private readonly collaborators: SupervisorCollaborators,
  ) {
    this.restarts = collaborators.metrics.counter(
      'tribune_launcher_restarts_total',
      'Pieces started again after they died',
      ['piece'],
    );
  }

  /** Rejects with the first failure, after stopping what had started. */
  async start(): Promise<void> {
    const { logger, clock } = this.collaborators;
    for (const piece of this.pieces) {
      if (this.stopping.signal.aborted) return;
      const beganMs = clock.monotonicMs();
      this.started.push(piece);
      await this.startPiece(piece).catch(async (error: unknown) => {
        await this.stop();
        throw new Error(`${piece.name}: ${listenErrorText(error)}`, { cause: error });
      });
      logger.debug('piece started', { piece: piece.name, ms: Math.round(clock.monotonicMs() - beganMs) });
    }
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await Promise.all(this.restarting.values());
    for (const piece of this.started.splice(0).reverse()) {
      await piece.stop().catch((error: unknown) => {
        this.collaborators.logger.warn('piece did not stop cleanly', { piece: piece.name, reason: messageOf(error) });
      });
    }
  }

  /** Ready when every piece is; otherwise the first that is not, and why. */
  readiness(): Readiness {
    const states = this.pieces.map((piece) => piece.readiness());
    return states.find((state) => !state.ready) ?? { ready: true };
  }

  private startPiece(piece: Piece): Promise<void> {
    const backOff = new BackOff(this.collaborators.clock);
    const start = (): Promise<void> => {
      backOff.started();
      return piece.start((reason) => this.revive(piece, reason, backOff, start));
    };
    return start();
  }

  private revive(piece: Piece, reason: Error, backOff: BackOff, start: () => Promise<void>): void {
    if (this.stopping.signal.aborted || this.restarting.has(piece)) return;
    const revival = this.restart(piece, reason, backOff, start).finally(() => this.restarting.delete(piece));
    this.restarting.set(piece, revival);
  }

  private async restart(piece: Piece, death: Error, backOff: BackOff, start: () => Promise<void>): Promise<void> {
    const { logger, clock } = this.collaborators;
    const { signal } = this.stopping;
    let reason: unknown = death;
    while (!signal.aborted) {
      const { attempt, pauseMs } = backOff.next();
      logger.error('piece died, it will be started again', {
        piece: piece.name,
        reason: messageOf(reason),
        attempt,
        pauseMs,
      });
      await sleep(clock, pauseMs, signal);
      if (signal.aborted) return;
      this.restarts.inc({ piece: piece.name });
      try {
        await piece
          .stop()
          .catch((error: unknown) =>
            logger.warn('piece did not stop cleanly', { piece: piece.name, reason: messageOf(error) }),
          );
        await start();
        return logger.info('piece runs again', { piece: piece.name, attempt });
      } catch (error) {
        reason = error;
      }
    }
  }
}
