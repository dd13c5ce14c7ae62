import type { ProposeResult, StateApi } from '@tribune/protocol';
import { encodeDeltas, type RestoreCommand } from '@tribune/state-store';
import { LocalState, SimClock } from '@tribune/testkit';
import { RestoreSession } from './restore-session';

const NO_ROWS = encodeDeltas([]);
const LOST: ProposeResult = { kind: 'unknown', reason: 'the connection broke' };

/** What becomes of a command and of its answer, one word for each time that a command is sent. */
type Fate = 'answered' | 'answer lost' | 'command lost' | 'dropped';

class Restore {
  readonly clock = new SimClock();
  readonly state = new LocalState(this.clock);
  readonly session: RestoreSession;
  sent = 0;

  constructor(private readonly fates: Fate[]) {
    const face = { propose: (bytes: Uint8Array) => this.propose(bytes) } as Partial<StateApi> as StateApi;
    this.session = new RestoreSession('r1', face, this.state.view, this.clock);
  }

  async run(): Promise<number> {
    const done = (async (): Promise<number> => {
      await this.session.begin();
      await this.session.add(NO_ROWS);
      return this.session.commit();
    })();
    done.catch(() => undefined);
    await this.clock.elapse(120_000);
    this.state.stop();
    return done;
  }

  get isReplaced(): boolean {
    return this.state.view.tables.indexes.floor > 0;
  }

  private async propose(bytes: Uint8Array): Promise<ProposeResult> {
    this.sent++;
    const fate = this.fates.shift() ?? 'answered';
    if (fate === 'command lost') return LOST;
    if (fate === 'dropped') {
      const command: RestoreCommand = { type: 'restore-abort', id: 'r1' };
      this.state.apply(command);
      return LOST;
    }
    const result = await this.state.propose(bytes);
    return fate === 'answered' ? result : LOST;
  }
}

test.each<[string, Fate[]]>([
  ['every answer comes', []],
  ['the answer to each step is lost once', ['answer lost', 'answered', 'answer lost', 'answered', 'answer lost']],
  ['the answer to the last step is lost three times', ['answered', 'answered', ...lost('answer lost', 3)]],
  ['the last step is lost on its way', ['answered', 'answered', 'command lost']],
  ['the last step is lost, then its answer', ['answered', 'answered', 'command lost', 'answer lost']],
])('the state is replaced once, and it is said at which revision: %s', async (_, fates) => {
  const restore = new Restore(fates);
  const revision = await restore.run();
  expect(restore.isReplaced).toBe(true);
  expect(revision).toBe(restore.state.view.tables.indexes.floor);
});

test('a restore that was given up meanwhile is not taken for one that took place', async () => {
  const restore = new Restore(['answered', 'answered', 'dropped']);
  await expect(restore.run()).rejects.toThrow(/the restore was superseded by another or given up/);
  expect(restore.isReplaced).toBe(false);
});

test('when no answer comes for long, it says that it may have taken place', async () => {
  const restore = new Restore(['answered', 'answered', ...lost('answer lost', 1_000)]);
  await expect(restore.run()).rejects.toThrow(/it may have taken place/);
  expect(restore.sent).toBeLessThan(400);
});

function lost(fate: Fate, times: number): Fate[] {
  return Array.from({ length: times }, () => fate);
}
