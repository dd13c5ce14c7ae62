import type { Fact } from '../src/core/ready';
import { SimPool, type SimFact } from '../src/testing';

/**
 * Runs a transcript: lines that begin with `> ` are commands, what follows is what they printed. Everything else is the
 * story. Commands:
 *
 *   nodes a b c                 add nodes that know nobody        add b at <host>   a node at a given address
 *   join b a                    b exchanges state with a          run 5s | 300ms    let time pass, print what happened
 *   kill b   crash b            end b's machine, or its process   meta b v2         announce other meta data
 *   leave b                     say good-bye
 *   cut a->b [packets|streams]  drop that traffic                 heal              drop nothing any more
 *   hold b   pause b            hold back b's traffic, or all b   members a         what a believes
 *   release b                   end both
 *   suspect b by x [inc 1] to a a message as if it had arrived    dead b by x to a  likewise
 *   health a                    a's health score
 */
export function runScenario(text: string): string {
  const world = new World();
  const out: string[] = [];
  for (const line of text.split('\n')) {
    if (line.startsWith('> ')) out.push(line, ...world.run(line.slice(2).trim()).map((result) => `  ${result}`));
    else if (!line.startsWith('  ')) out.push(line);
  }
  return out.join('\n');
}

class World {
  private readonly pool = new SimPool({ seed: 7 });
  private happened: SimFact[] = [];
  private cuts: { from: string; to: string; what: 'packets' | 'streams' | 'all' }[] = [];

  constructor() {
    this.pool.observe = (fact) => this.happened.push(fact);
    this.pool.link = (from, to) => ({
      packets: !this.isCut(from, to, 'packets'),
      streams: !this.isCut(from, to, 'streams'),
    });
  }

  run(command: string): string[] {
    const [verb = '', ...args] = command.split(/\s+/);
    this.happened = [];
    const [first = ''] = args;
    switch (verb) {
      case 'nodes':
        for (const name of args) this.pool.add(name);
        return [];
      case 'add':
        this.pool.add(first, args[2]);
        return [];
      case 'join':
        this.pool.join(first, args[1]!);
        return [];
      case 'run':
        this.pool.run(milliseconds(first));
        return this.happened.flatMap(describe);
      case 'kill':
        this.pool.kill(first);
        return [];
      case 'crash':
        this.pool.crash(first);
        return [];
      case 'leave':
        this.pool.leave(first);
        return [];
      case 'meta':
        this.pool.setMeta(first, args[1]!);
        return [];
      case 'cut': {
        const [from = '', to = ''] = first.split('->');
        this.cuts.push({ from, to, what: (args[1] as 'packets' | undefined) ?? 'all' });
        return [];
      }
      case 'heal':
        this.cuts = [];
        return [];
      case 'hold':
        this.pool.hold(first);
        return [];
      case 'pause':
        this.pool.pause(first);
        return [];
      case 'release':
        this.pool.release(first);
        return [];
      case 'members':
        return this.members(first);
      case 'health':
        return [`score ${this.pool.node(first).swim.health.score}`];
      case 'suspect':
      case 'dead':
        return this.accuse(verb, args);
      default:
        throw new Error(`unknown command ${command}`);
    }
  }

  private members(name: string): string[] {
    const { swim } = this.pool.node(name);
    const records = [...swim.table.all()].sort((a, b) => a.name.localeCompare(b.name));
    return records.map(({ name: member, state, incarnation, host, meta }) =>
      `${member} ${state} incarnation ${incarnation} at ${host} ${Buffer.from(meta).toString()}`.trim(),
    );
  }

  private accuse(kind: 'suspect' | 'dead', args: readonly string[]): string[] {
    const word = (name: string): string | undefined => args[args.indexOf(name) + 1];
    const incarnation = args.includes('inc') ? Number(word('inc')) : 1;
    this.pool.deliver(word('to')!, { kind, node: args[0]!, from: word('by')!, incarnation });
    return this.happened.flatMap(describe);
  }

  private isCut(from: string, to: string, what: 'packets' | 'streams'): boolean {
    const matches = (pattern: string, name: string): boolean => pattern === '*' || pattern === name;
    return this.cuts.some(
      (cut) => matches(cut.from, from) && matches(cut.to, to) && (cut.what === 'all' || cut.what === what),
    );
  }
}

function milliseconds(text: string): number {
  return text.endsWith('ms') ? Number(text.slice(0, -2)) : Number(text.slice(0, -1)) * 1000;
}

/** Round trips are left out: every probe has one. */
function describe({ atMs, node, fact }: SimFact): string[] {
  const what = sentence(fact);
  return what === undefined ? [] : [`${(atMs / 1000).toFixed(2).padStart(6)}s ${node}: ${what}`];
}

function sentence(fact: Fact): string | undefined {
  switch (fact.kind) {
    case 'joined':
    case 'updated':
      return `${fact.member.name} ${fact.kind}`;
    case 'departed':
      return `${fact.member.name} is ${fact.member.state}`;
    case 'probeFailed':
      return `probe of ${fact.node} failed`;
    case 'reachedOverTcpOnly':
      return `${fact.node} answers over streams only`;
    case 'suspected':
      return `suspects ${fact.node}, says ${fact.from}`;
    case 'suspicionExpired':
      return `suspicion of ${fact.node} expired with ${fact.confirmations} confirmations`;
    case 'refuted':
      return `refutes ${fact.of} of ${fact.from}`;
    case 'conflict':
      return `${fact.member.name} is at ${fact.member.host}, but ${fact.other.host} claims the name`;
    case 'rejected':
      return `rejects ${fact.node}: ${fact.reason}`;
    case 'leaveSpread':
      return 'has said good-bye';
    default:
      return undefined;
  }
}
