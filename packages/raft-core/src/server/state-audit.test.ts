import { encodeCommand, HASH_FORMAT, StateMachine, type StateHashes } from '@tribune/state-store';
import type { Clock } from '@tribune/platform';
import { setKey } from '../testing/test-server';
import { StateAudit, type Divergence, type Minority } from './state-audit';

/** Never waits. */
const clock: Clock = {
  monotonicMs: () => 0,
  wallMs: () => 0,
  setTimer(_delayMs, callback) {
    setImmediate(callback);
    return { cancel: () => undefined };
  },
};

/** Server `one` of three with one key, after a round at index 2. */
async function auditor(voters = ['one', 'two', 'three']) {
  const machine = new StateMachine();
  machine.apply(2, encodeCommand(setKey('k', 'v')));
  const audit = new StateAudit(machine, clock, () => voters);
  const said: { divergences: Divergence[]; minorities: Minority[] } = { divergences: [], minorities: [] };
  audit.onDivergence = (divergence) => said.divergences.push(divergence);
  audit.onMinority = (minority) => said.minorities.push(minority);
  const { tables } = await new Promise<StateHashes>((resolve) => {
    audit.onHashed = resolve;
    audit.mark(2);
  });
  const report = (server: string, kv = tables['kv']!, format = HASH_FORMAT): void =>
    audit.heard({ index: 2, tables: { ...tables, kv }, server, format });
  return { report, said, own: tables['kv'] };
}

describe('the audit of a server', () => {
  it('says nothing while all have the same', async () => {
    const { report, said } = await auditor();
    for (const server of ['one', 'two', 'three']) report(server);
    expect(said).toEqual({ divergences: [], minorities: [] });
  });

  it('names the one that is wrong, once', async () => {
    const { report, said, own } = await auditor();
    for (const server of ['one', 'two', 'three']) report(server, server === 'three' ? 'other' : own);
    report('three', 'other');
    expect(said).toEqual({
      divergences: [{ index: 2, table: 'kv', server: 'three', theirs: 'other', own }],
      minorities: [],
    });
  });

  it('says that this server is wrong as soon as a majority has something else', async () => {
    const { report, said, own } = await auditor();
    report('two', 'other');
    expect(said.minorities).toEqual([]);
    report('three', 'other');
    expect(said.minorities).toEqual([{ index: 2, table: 'kv', own, majoritys: 'other' }]);
  });

  it('is an alarm, and no verdict, when the two that are left of three differ', async () => {
    const { report, said } = await auditor();
    report('one');
    report('two', 'other');
    expect([said.divergences.map(({ server }) => server), said.minorities]).toEqual([['two'], []]);
  });

  it('does not listen to hashes of another format, nor to servers without a vote', async () => {
    const { report, said } = await auditor();
    for (const server of ['two', 'three']) report(server, 'other', HASH_FORMAT + 1);
    for (const server of ['four', 'five']) report(server, 'other');
    expect(said).toEqual({ divergences: [], minorities: [] });
  });
});
