import { Metrics } from '@tribune/platform';
import { RecordingLogger, SimClock } from '@tribune/testkit';
import type { Piece } from '../pieces/piece';
import { Supervisor } from './supervisor';

/** A piece whose starts go as they are told: `ok`, or the reason why not. */
class ScriptedPiece implements Piece {
  starts = 0;
  die: (reason: Error) => void = () => undefined;

  constructor(
    readonly name: string,
    private readonly trace: string[],
    private readonly script: ('ok' | string)[] = [],
  ) {}

  async start(died: (reason: Error) => void): Promise<void> {
    const fate = this.script[this.starts++] ?? 'ok';
    this.trace.push(`start ${this.name}`);
    if (fate !== 'ok') throw new Error(fate);
    this.die = died;
  }

  async stop(): Promise<void> {
    this.trace.push(`stop ${this.name}`);
  }

  readiness() {
    return { ready: true as const };
  }
}

function fixture() {
  const clock = new SimClock();
  const logger = new RecordingLogger();
  const metrics = new Metrics();
  const trace: string[] = [];
  const supervise = (...pieces: Piece[]): Supervisor => new Supervisor(pieces, { clock, logger, metrics });
  const pauses = (): unknown[] =>
    logger.records.filter(({ message }) => message.startsWith('piece died')).map(({ fields }) => fields.pauseMs);
  return { clock, logger, metrics, trace, supervise, pauses };
}

test('pieces start in order and stop in reverse', async () => {
  const { trace, supervise } = fixture();
  const supervisor = supervise(...['a', 'b', 'c'].map((name) => new ScriptedPiece(name, trace)));
  await supervisor.start();
  await supervisor.stop();
  expect(trace).toEqual(['start a', 'start b', 'start c', 'stop c', 'stop b', 'stop a']);
});

test('a piece that cannot start the first time ends the start, names itself, and leaves nothing running', async () => {
  const { trace, supervise } = fixture();
  const supervisor = supervise(
    new ScriptedPiece('a', trace),
    new ScriptedPiece('b', trace, ['port taken']),
    new ScriptedPiece('c', trace),
  );
  await expect(supervisor.start()).rejects.toThrow('b: port taken');
  expect(trace).toEqual(['start a', 'start b', 'stop b', 'stop a']);
});

test('a piece that dies is started again after 100 ms, and the others are left alone', async () => {
  const { clock, trace, supervise, logger, metrics } = fixture();
  const [a, b] = [new ScriptedPiece('a', trace), new ScriptedPiece('b', trace)];
  await supervise(a, b).start();
  a.die(new Error('out of luck'));
  await clock.elapse(99);
  expect(a.starts).toBe(1);
  await clock.elapse(1);
  expect(trace).toEqual(['start a', 'start b', 'stop a', 'start a']);
  expect(logger.records.at(-2)).toMatchObject({
    level: 'error',
    fields: { piece: 'a', reason: 'out of luck', attempt: 1, pauseMs: 100 },
  });
  await expect(metrics.expose()).resolves.toContain('tribune_launcher_restarts_total{piece="a"} 1');
});

test('pauses double up to ten seconds while starts keep failing, for ever', async () => {
  const { clock, trace, supervise, pauses } = fixture();
  const piece = new ScriptedPiece('a', trace, ['ok', ...Array<string>(9).fill('still broken'), 'ok']);
  await supervise(piece).start();
  piece.die(new Error('first'));
  await clock.elapse(60_000);
  expect(pauses()).toEqual([100, 200, 400, 800, 1600, 3200, 6400, 10_000, 10_000, 10_000]);
  expect(piece.starts).toBe(11);
});

test('deaths soon after one another count on; after half a minute of health they begin anew', async () => {
  const { clock, trace, supervise, pauses } = fixture();
  const piece = new ScriptedPiece('a', trace);
  await supervise(piece).start();
  for (const healthyMs of [0, 1000, 1000, 31_000, 0]) {
    await clock.elapse(healthyMs);
    piece.die(new Error('again'));
    await clock.elapse(500);
  }
  expect(pauses()).toEqual([100, 200, 400, 100, 200]);
});

test('a stop during a pause ends it, and nothing starts any more', async () => {
  const { clock, trace, supervise } = fixture();
  const piece = new ScriptedPiece('a', trace);
  const supervisor = supervise(piece);
  await supervisor.start();
  piece.die(new Error('bad moment'));
  await supervisor.stop();
  await clock.elapse(60_000);
  expect(piece.starts).toBe(1);
  expect(clock.pending).toBe(0);
});
