import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import type { ServerDuplexStream } from '@grpc/grpc-js';
import { Metadata } from '@grpc/grpc-js';
import { silentLogger, systemClock, systemRandom, type Clock } from '@tribune/platform';
import { GrpcServer } from '../grpc/server';
import { proposeResultToWire, type WireProposeBatch, type WireProposeResults } from '../grpc/state-wire';
import { connectState, type StateClient } from './state-client';

type Call = ServerDuplexStream<WireProposeBatch, WireProposeResults>;

/** A server that records what it gets and answers when told to. */
class FakeServer {
  readonly batches: string[][] = [];
  readonly calls: Call[] = [];
  fences = 0;
  /** Answers each command at once with its position as revision. */
  answers = true;
  releaseFence: (() => void) | undefined;
  private revision = 0;
  private readonly pending: { call: Call; id: string | number }[] = [];
  private readonly grpc = new GrpcServer({ address: '127.0.0.1:0', reflection: false }, silentLogger);

  async start(): Promise<this> {
    this.grpc.add('tribune.state.v1.State', {
      propose: (call: Call) => {
        this.calls.push(call);
        call.sendMetadata(new Metadata());
        call.on('data', (batch: WireProposeBatch) => this.receive(call, batch));
        call.on('end', () => this.pending.some((each) => each.call === call) || call.end());
        call.on('error', () => undefined);
      },
      readFence: (_call: unknown, callback: (error: null, response: object) => void) => {
        this.fences++;
        const answer = (): void => callback(null, { confirmed: true, revision: this.revision });
        if (this.releaseFence) this.releaseFence = answer;
        else answer();
      },
    });
    await this.grpc.start();
    return this;
  }

  get address(): string {
    return `127.0.0.1:${this.grpc.port}`;
  }

  get received(): string[] {
    return this.batches.flat();
  }

  /** Answers what waits, newest first, in one message per stream. */
  answerAll(): void {
    const waiting = this.pending.splice(0).reverse();
    for (const call of new Set(waiting.map((each) => each.call))) {
      this.answer(call, ...waiting.filter((each) => each.call === call).map(({ id }) => id));
    }
  }

  breakStreams(): void {
    for (const call of this.calls.splice(0)) call.emit('error', { code: 14, details: 'broken' });
  }

  stop(): Promise<void> {
    this.breakStreams();
    return this.grpc.stop();
  }

  private receive(call: Call, { proposals }: WireProposeBatch): void {
    this.batches.push(proposals.map(({ command }) => Buffer.from(command).toString()));
    if (this.answers) this.answer(call, ...proposals.map(({ id }) => id));
    else for (const { id } of proposals) this.pending.push({ call, id });
  }

  private answer(call: Call, ...ids: (string | number)[]): void {
    const results = ids.map((id) => {
      const result = { kind: 'applied', revision: ++this.revision, outcome: Buffer.from(String(id)) } as const;
      return proposeResultToWire(id, result);
    });
    call.write({ results });
  }
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2));
}

describe('the state client', () => {
  let first: FakeServer;
  let second: FakeServer;
  let addresses: string[];
  let client: StateClient;

  /** Nobody gives up unless a test is about that, however long the event loop stands still. */
  const connect = (holdMs = 60_000): StateClient =>
    connectState({ servers: () => addresses, clock: systemClock, random: systemRandom, logger: silentLogger, holdMs });
  const propose = (text: string) => client.propose(Buffer.from(text));

  beforeEach(async () => {
    first = await new FakeServer().start();
    second = await new FakeServer().start();
    addresses = [first.address, second.address];
    client = connect();
  });
  afterEach(async () => {
    client.close();
    await Promise.all([first.stop(), second.stop()]);
  });

  it('sends what arrives in one turn of the event loop as one message', async () => {
    await Promise.all(Array.from({ length: 50 }, (_, i) => propose(`c${i}`)));
    expect(first.batches).toHaveLength(1);
    expect(first.received).toEqual(Array.from({ length: 50 }, (_, i) => `c${i}`));
  });

  it('splits what is too large for one message', async () => {
    const commands = [400, 400, 400, 2_000, 100].map((kib) => 'x'.repeat(kib * 1024));
    await Promise.all(commands.map(propose));
    expect(first.batches.map((batch) => batch.length)).toEqual([2, 1, 1, 1]);
  });

  it('gives each command its own result, in whatever order they come', async () => {
    first.answers = false;
    const results = Promise.all(['a', 'b', 'c'].map(propose));
    await until(() => first.received.length === 3);
    first.answerAll();
    expect((await results).map((result) => result.kind === 'applied' && result.revision)).toEqual([3, 2, 1]);
  });

  it('does not send in-flight work again when the stream breaks: it may be applied', async () => {
    first.answers = false;
    const result = propose('a');
    await until(() => first.received.length === 1);
    first.breakStreams();
    expect(await result).toMatchObject({ kind: 'unknown' });
    expect((await propose('b')).kind).toBe('applied');
    expect([...first.received, ...second.received].filter((text) => text === 'a')).toHaveLength(1);
  });

  it('sends work that was certainly not sent to another server', async () => {
    await first.stop();
    expect((await propose('a')).kind).toBe('applied');
    expect(second.received).toEqual(['a']);
  });

  it('sticks to a server that works and moves on when it fails', async () => {
    await propose('a');
    await propose('b');
    await first.stop();
    await propose('c');
    expect([first.received, second.received]).toEqual([['a', 'b'], ['c']]);
    expect(await client.readFence()).toMatchObject({ kind: 'confirmed' });
    expect(second.fences).toBe(1);
  });

  it('leaves a server that is no longer listed, whose answers still count', async () => {
    first.answers = false;
    const early = propose('a');
    await until(() => first.received.length === 1);
    addresses = [second.address];
    expect((await propose('b')).kind).toBe('applied');
    expect(second.received).toEqual(['b']);
    first.answerAll();
    expect((await early).kind).toBe('applied');
  });

  it('does not hang up on a server that was left before it has answered, however long that takes', async () => {
    client.close();
    // Nothing ends by the clock here, so that only the transport could break the connection.
    const clock: Clock = { ...systemClock, setTimer: () => ({ cancel: () => undefined }) };
    const servers = (): string[] => addresses;
    client = connectState({ servers, clock, random: systemRandom, logger: silentLogger, forwarded: true });
    first.answers = false;
    const early = propose('a');
    await until(() => first.received.length === 1);
    addresses = [second.address];
    expect((await propose('b')).kind).toBe('applied');
    // Longer than the keepalive between servers.
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    first.answerAll();
    expect(await early).toMatchObject({ kind: 'applied' });
  });

  it('waits for a server for a while, then says that there is no leader', async () => {
    await Promise.all([first.stop(), second.stop()]);
    client.close();
    client = connect(200);
    const startedMs = performance.now();
    const [result, fence] = await Promise.all([propose('a'), client.readFence()]);
    expect([result, fence]).toEqual([{ kind: 'noLeader' }, { kind: 'noLeader' }]);
    expect(performance.now() - startedMs).toBeGreaterThanOrEqual(190);
  });

  it('finds a server that comes while it waits', async () => {
    addresses = [];
    const result = propose('a');
    setTimeout(() => (addresses = [second.address]), 100);
    expect((await result).kind).toBe('applied');
  });

  it('leaves a server that takes the connection and says nothing', async () => {
    const mute = createServer().listen(0, '127.0.0.1');
    await once(mute, 'listening');
    const sockets: Socket[] = [];
    mute.on('connection', (socket) => sockets.push(socket));
    addresses = [`127.0.0.1:${(mute.address() as AddressInfo).port}`, second.address];
    expect((await propose('a')).kind).toBe('applied');
    expect(second.received).toEqual(['a']);
    for (const socket of sockets) socket.destroy();
    mute.close();
  });

  it('refuses more than its queue holds, and takes more when there is room', async () => {
    first.answers = false;
    const waiting = Array.from({ length: 16_384 }, () => propose('a'));
    expect(await propose('b')).toMatchObject({ kind: 'refused', retryable: true });
    await until(() => first.received.length === 16_384);
    expect(client.depth).toBe(16_384);
    first.answerAll();
    await Promise.all(waiting);
    first.answers = true;
    expect((await propose('c')).kind).toBe('applied');
  });

  it('asks one fence for all who waited before it, and another for those who came later', async () => {
    first.releaseFence = () => undefined;
    const early = Array.from({ length: 100 }, () => client.readFence());
    await until(() => first.fences === 1);
    const late = Array.from({ length: 100 }, () => client.readFence());
    const release = first.releaseFence;
    first.releaseFence = undefined;
    release();
    await Promise.all([...early, ...late]);
    expect(first.fences).toBe(2);
  });

  it('answers everything that waits when it is closed', async () => {
    addresses = [];
    const result = propose('a');
    client.close();
    expect(await result).toEqual({ kind: 'noLeader' });
    expect(await propose('b')).toMatchObject({ kind: 'refused', retryable: false });
  });
});
