import type { Message } from './messages';
import { SimPool, type SimFact } from '../testing';

/** Rules of SWIM that the transcripts in test/scenarios do not tell. */
describe('the machine', () => {
  function pool(names: string[], seed = 1): { sim: SimPool; facts: SimFact[] } {
    const sim = new SimPool({ seed });
    const facts: SimFact[] = [];
    sim.observe = (fact) => facts.push(fact);
    for (const name of names) sim.add(name);
    for (const name of names.slice(1)) sim.join(name, names[0]!);
    sim.run(3000);
    facts.length = 0;
    return { sim, facts };
  }
  const stateOf = (sim: SimPool, at: string, name: string) => sim.node(at).swim.table.get(name)?.state;

  it('hands out the same Ready until it is advanced', () => {
    const { sim } = pool(['a', 'b']);
    const { swim } = sim.node('a');
    swim.sendUser({ host: '10.0.0.2', port: 8301 }, Buffer.from('x'));
    const ready = swim.ready()!;
    expect(swim.ready()).toBe(ready);
    swim.advance(ready);
    expect(swim.ready()).toBeUndefined();
    expect(() => swim.advance(ready)).toThrow(/advance confirms/);
  });

  it('answers a ping that is meant for it, and no other', () => {
    const { sim, facts } = pool(['a', 'b']);
    const before = sim.node('a').packetsSent;
    sim.deliver('a', { kind: 'ping', seqNo: 9, node: 'somebody-else' });
    expect(facts.at(-1)?.fact).toEqual({ kind: 'ignored', reason: 'pingForOther' });
    expect(sim.node('a').packetsSent).toBe(before);
    sim.deliver('a', { kind: 'ping', seqNo: 9, node: 'a' });
    expect(sim.node('a').packetsSent).toBe(before + 1);
  });

  it.each([
    ['alive', 2, 'alive'],
    ['alive', 1, 'suspect'],
  ] as const)('%s with incarnation %i against suspicion 1 makes it %s', (kind, incarnation, expected) => {
    const { sim } = pool(['a', 'b', 'c']);
    sim.deliver('a', { kind: 'suspect', node: 'b', from: 'x', incarnation: 1 });
    const { host, port, meta, versions } = sim.node('a').swim.table.get('b')!;
    sim.deliver('a', { kind, node: 'b', incarnation, host, port, meta, versions });
    expect(stateOf(sim, 'a', 'b')).toBe(expected);
  });

  it.each([
    ['suspect', 0, 'alive'],
    ['suspect', 1, 'suspect'],
    ['dead', 0, 'alive'],
    ['dead', 1, 'dead'],
  ] as const)('%s with incarnation %i against alive 1 makes it %s', (kind, incarnation, expected) => {
    const { sim } = pool(['a', 'b', 'c']);
    sim.deliver('a', { kind, node: 'b', from: 'x', incarnation });
    expect(stateOf(sim, 'a', 'b')).toBe(expected);
  });

  it('ignores news about members it has never heard of', () => {
    const { sim, facts } = pool(['a', 'b']);
    sim.deliver('a', { kind: 'suspect', node: 'ghost', from: 'x', incarnation: 1 });
    sim.deliver('a', { kind: 'dead', node: 'ghost', from: 'x', incarnation: 1 });
    expect(facts).toEqual([]);
    expect(stateOf(sim, 'a', 'ghost')).toBeUndefined();
  });

  it('refutes with an incarnation above the accusation', () => {
    const { sim } = pool(['a', 'b']);
    sim.deliver('a', { kind: 'dead', node: 'a', from: 'x', incarnation: 41 });
    expect(sim.node('a').swim.self()).toMatchObject({ state: 'alive', incarnation: 42 });
    expect(sim.node('a').swim.health.score).toBe(1);
  });

  it('passes on a new confirmation, and only as many as are wanted', () => {
    const { sim } = pool(['a', 'b', 'c', 'd', 'e', 'f']);
    const queued = (): number => sim.node('a').swim.health.queued;
    sim.run(5000);
    expect(queued()).toBe(0);
    for (const [from, expected] of [
      ['u', 1],
      ['v', 1],
      ['w', 1],
      ['x', 1],
    ] as const) {
      sim.deliver('a', { kind: 'suspect', node: 'f', from, incarnation: 1 });
      expect(queued()).toBe(expected);
    }
    expect(sim.node('a').swim.health.suspects).toBe(1);
  });

  it('says that as a helper it heard nothing either', () => {
    const { sim } = pool(['a', 'b', 'c']);
    sim.kill('c');
    const heard: Message[] = [];
    sim.tap = (from, to, messages) => from === 'a' && to === 'b' && heard.push(...messages);
    const source = { name: 'b', ...sim.node('b').endpoint };
    const target = { host: '10.0.0.3', port: 8301 };
    sim.deliver('a', { kind: 'indirectPing', seqNo: 77, target, node: 'c', nack: true, source });
    sim.run(400);
    expect(heard).not.toContainEqual({ kind: 'nack', seqNo: 77 });
    sim.run(200);
    expect(heard).toContainEqual({ kind: 'nack', seqNo: 77 });
  });

  it('still forwards an ack that comes after its nack', () => {
    const { sim } = pool(['a', 'b', 'c']);
    const sent: string[] = [];
    sim.tap = (from, to, messages) => {
      if (from === 'b' && to === 'a') sent.push(...messages.map(({ kind }) => kind));
    };
    sim.hold('c');
    sim.heap.at(sim.nowMs + 450, () => sim.release('c'));
    const { endpoint } = sim.node('a');
    const source = { name: 'a', ...endpoint };
    const target = sim.node('c').endpoint;
    sim.deliver('b', { kind: 'indirectPing', seqNo: 77, target, node: 'c', nack: true, source }, endpoint);
    sim.run(480);
    expect(sent.filter((kind) => kind === 'nack' || kind === 'ack')).toEqual(['nack', 'ack']);
  });

  it('lets a suspect object over a stream where no packet gets through', () => {
    const { sim, facts } = pool(['a', 'b', 'c', 'd', 'e']);
    sim.link = () => ({ packets: false, streams: true });
    const { incarnation } = sim.node('a').swim.table.get('b')!;
    sim.deliver('a', { kind: 'suspect', node: 'b', incarnation, from: 'c' });
    sim.run(15_000);
    expect(sim.node('a').swim.table.get('b')).toMatchObject({ state: 'alive', incarnation: incarnation + 1 });
    expect(facts.filter(({ fact }) => fact.kind === 'departed')).toEqual([]);
  });

  it('accuses nobody while it hears nobody, until the longest suspicion is over', () => {
    const { sim, facts } = pool(['a', 'b', 'c', 'd', 'e']);
    const accused = (): string[] => facts.flatMap(({ fact }) => (fact.kind === 'suspected' ? [fact.node] : []));
    for (const name of ['b', 'c', 'd', 'e']) sim.kill(name);
    sim.run(23_000);
    expect(facts.some(({ fact }) => fact.kind === 'probeFailed')).toBe(true);
    expect(accused()).toEqual([]);
    sim.run(120_000);
    expect(new Set(accused())).toEqual(new Set(['b', 'c', 'd', 'e']));
    expect(facts.filter(({ fact }) => fact.kind === 'departed')).toHaveLength(4);
  });

  it.each([
    ['accuses nobody after a probe that it was itself late for', true, 0],
    ['accuses at once where it is not patient, as memberlist does', false, 1],
  ])('%s', (_, patientProbes, accusations) => {
    const sim = new SimPool({ seed: 1, knobs: { patientProbes } });
    sim.addConverged(2);
    const facts: SimFact[] = [];
    sim.run(1000);
    sim.observe = (fact) => facts.push(fact);
    sim.block('n0');
    sim.run(3000);
    sim.release('n0');
    sim.run(100);
    const suspected = facts.filter(({ node, fact }) => node === 'n0' && fact.kind === 'suspected');
    expect(suspected).toHaveLength(accusations);
  });

  it('forwards the ack that it got on behalf of another', () => {
    const { sim } = pool(['a', 'b', 'c']);
    const heard: Message[] = [];
    sim.tap = (from, to, messages) => from === 'a' && to === 'b' && heard.push(...messages);
    const source = { name: 'b', ...sim.node('b').endpoint };
    const target = sim.node('c').endpoint;
    sim.deliver('a', { kind: 'indirectPing', seqNo: 77, target, node: 'c', nack: true, source });
    sim.run(1000);
    expect(heard.filter(({ kind }) => kind === 'ack')).toContainEqual({
      kind: 'ack',
      seqNo: 77,
      payload: new Uint8Array(),
    });
    expect(heard).not.toContainEqual({ kind: 'nack', seqNo: 77 });
  });

  it('tells a suspect of the suspicion in the very next ping', () => {
    const { sim } = pool(['a', 'b']);
    const heard: (readonly Message[])[] = [];
    sim.tap = (from, to, messages) => from === 'a' && to === 'b' && heard.push(messages);
    sim.deliver('a', { kind: 'suspect', node: 'b', from: 'x', incarnation: 1 });
    sim.node('b').held = [];
    sim.run(2500);
    sim.release('b');
    const pings = heard.filter(([first]) => first?.kind === 'ping');
    expect(pings.length).toBeGreaterThan(0);
    expect(pings[0]![1]).toMatchObject({ kind: 'suspect', node: 'b', from: 'a' });
  });

  it('bounds the pings it makes on behalf of others', () => {
    const { sim, facts } = pool(['a', 'b']);
    const target = { host: '10.0.0.99', port: 8301 };
    for (let seqNo = 0; seqNo < 5000; seqNo++) {
      sim.deliver('a', { kind: 'indirectPing', seqNo, target, node: 'x', nack: true });
    }
    expect(facts.filter(({ fact }) => fact.kind === 'ignored')).toHaveLength(5000 - 4096);
    sim.run(600);
    facts.length = 0;
    sim.deliver('a', { kind: 'indirectPing', seqNo: 1, target, node: 'x', nack: true });
    expect(facts).toEqual([]);
  });

  it('does not wait for confirmations from members that have left', () => {
    const { sim, facts } = pool(['a', 'b', 'c', 'd']);
    for (const name of ['c', 'd']) {
      sim.leave(name);
      sim.run(1000);
      sim.kill(name);
    }
    sim.kill('b');
    const killedAtMs = sim.nowMs;
    sim.run(30_000);
    const verdict = facts.find(({ fact }) => fact.kind === 'suspicionExpired' && fact.node === 'b');
    expect(verdict!.atMs - killedAtMs).toBeLessThan(8_000);
  });

  it('forgets the dead after the time for gossip to the dead', () => {
    const { sim } = pool(['a', 'b', 'c', 'd']);
    sim.kill('d');
    sim.run(20_000);
    expect(stateOf(sim, 'a', 'd')).toBe('dead');
    sim.run(60_000);
    expect(stateOf(sim, 'a', 'd')).toBeUndefined();
  });

  it('does not let an alive message bring back a member that has left until its incarnation rises', () => {
    const { sim } = pool(['a', 'b', 'c']);
    sim.leave('c');
    sim.run(1000);
    const { host, port, meta, versions, incarnation } = sim.node('a').swim.table.get('c')!;
    sim.deliver('a', { kind: 'alive', node: 'c', incarnation, host, port, meta, versions });
    expect(stateOf(sim, 'a', 'c')).toBe('left');
    sim.deliver('a', { kind: 'alive', node: 'c', incarnation: incarnation + 1, host, port, meta, versions });
    expect(stateOf(sim, 'a', 'c')).toBe('alive');
  });

  it('rejects protocol versions that are not a range', () => {
    const { sim, facts } = pool(['a']);
    const alive = {
      kind: 'alive',
      node: 'x',
      incarnation: 1,
      host: '10.1.1.1',
      port: 1,
      meta: new Uint8Array(),
    } as const;
    sim.deliver('a', { ...alive, versions: [3, 2, 2, 2, 5, 4] });
    sim.deliver('a', { ...alive, versions: [0, 5, 2, 2, 5, 4] });
    expect(facts.map(({ fact }) => fact.kind)).toEqual(['rejected', 'rejected']);
    expect(stateOf(sim, 'a', 'x')).toBeUndefined();
  });

  it('refuses members beyond its bound', () => {
    const sim = new SimPool({ seed: 1 });
    sim.addConverged(2);
    const rejected: unknown[] = [];
    sim.observe = ({ fact }) => fact.kind === 'rejected' && rejected.push(fact.node);
    const { swim } = sim.node('n0');
    Object.assign(swim.config, { membersMax: 3 });
    for (const node of ['x', 'y']) {
      const versions = [1, 5, 2, 2, 5, 4];
      sim.deliver('n0', {
        kind: 'alive',
        node,
        incarnation: 1,
        host: '10.1.1.1',
        port: 1,
        meta: new Uint8Array(),
        versions,
      });
    }
    expect(rejected).toEqual(['y']);
    expect(swim.table.size).toBe(3);
  });

  it('scales its probe interval while it distrusts itself', () => {
    const { sim, facts } = pool(['a', 'b']);
    sim.link = () => ({ packets: false, streams: false });
    sim.run(20_000);
    const failures = facts
      .filter(({ node, fact }) => node === 'a' && fact.kind === 'probeFailed')
      .map(({ atMs }) => atMs);
    const gaps = failures.slice(1).map((atMs, i) => atMs - failures[i]!);
    expect(gaps.slice(0, 2)).toEqual([2000, 3000]);
  });
});
