import { reasonOf } from '../../errors/reason';
import { parseBool } from '../../flags/flag';
import { escapePath, type Ask } from '../../http/http-client';
import type { Json } from '../../json/exact-json';
import { Complaint } from '../../errors/complaint';
import { newEvents } from './event-index';

/** The flags that say what to watch. */
export interface SubjectFlags {
  readonly type: string;
  readonly key: string;
  readonly prefix: string;
  readonly service: string;
  readonly tag: readonly string[];
  readonly passingonly: string;
  readonly state: string;
  readonly name: string;
  readonly filter: string;
}

/** What is watched: one request, repeated as a blocking query. */
export interface Subject {
  readonly request: Pick<Ask, 'path' | 'query'>;
  /**
   * From the answer's JSON (null for 404) to what the handler gets; `since` is the index of the answer before.
   * Undefined when there is nothing to tell.
   */
  readonly shape: (answer: Json, since: bigint | undefined) => Json | undefined;
  /** The index identifies a state, but a later one need not be greater. */
  readonly hasHashedIndex?: boolean;
}

type Parameter = Exclude<keyof SubjectFlags, 'type'>;
const asIs = (answer: Json): Json => answer;

interface Kind {
  readonly takes: readonly Parameter[];
  make(flags: SubjectFlags): Subject;
}

const filterOf = ({ filter }: SubjectFlags) => ({ filter: filter || undefined });

const KINDS: Readonly<Record<string, Kind>> = {
  key: {
    takes: ['key'],
    make: ({ key }) => ({
      request: { path: `/v1/kv/${escapePath(needed(key, 'key'))}` },
      shape: (answer) => pairs(answer)[0] ?? null,
    }),
  },
  keyprefix: {
    takes: ['prefix'],
    make: ({ prefix }) => ({
      request: { path: `/v1/kv/${escapePath(needed(prefix, 'prefix'))}`, query: { recurse: '' } },
      shape: (answer) => (answer === null ? null : pairs(answer)),
    }),
  },
  services: {
    takes: ['filter'],
    make: (flags) => ({ request: { path: '/v1/catalog/services', query: filterOf(flags) }, shape: asIs }),
  },
  nodes: {
    takes: ['filter'],
    make: (flags) => ({ request: { path: '/v1/catalog/nodes', query: filterOf(flags) }, shape: asIs }),
  },
  service: {
    takes: ['service', 'tag', 'passingonly', 'filter'],
    make: (flags) => ({
      request: {
        path: `/v1/health/service/${escapePath(needed(flags.service, 'service'))}`,
        query: { tag: flags.tag, passing: isPassingOnly(flags) ? '1' : undefined, ...filterOf(flags) },
      },
      shape: asIs,
    }),
  },
  checks: { takes: ['service', 'state', 'filter'], make: checksSubject },
  event: {
    takes: ['name'],
    make: ({ name }) => ({
      request: { path: '/v1/event/list', query: { name: name || undefined } },
      shape: newEvents,
      hasHashedIndex: true,
    }),
  },
};

/** Consul's `watch.Parse`. */
export function subjectOf(flags: SubjectFlags): Subject {
  const kind = Object.hasOwn(KINDS, flags.type) ? KINDS[flags.type]! : undefined;
  if (!kind) throw new Complaint(`Unsupported watch type: ${flags.type}`);
  const subject = kind.make(flags);
  const unused = PARAMETERS.filter((one) => flags[one].length > 0 && !kind.takes.includes(one));
  if (unused.length > 0) throw new Complaint(`Invalid parameters: [${unused.join(' ')}]`);
  return subject;
}

const PARAMETERS: readonly Parameter[] = ['filter', 'key', 'name', 'passingonly', 'prefix', 'service', 'state', 'tag'];

function needed(value: string, what: string): string {
  if (value === '') throw new Complaint(`Must specify a single ${what} to watch`);
  return value;
}

function isPassingOnly({ passingonly }: SubjectFlags): boolean {
  if (passingonly === '') return false;
  try {
    return parseBool(passingonly);
  } catch (error) {
    throw new Complaint(`Failed to parse passingonly flag: ${reasonOf(error)}`);
  }
}

function checksSubject(flags: SubjectFlags): Subject {
  if (flags.service !== '' && flags.state !== '') throw new Complaint('Cannot specify service and state');
  const path =
    flags.service === ''
      ? `/v1/health/state/${escapePath(flags.state || 'any')}`
      : `/v1/health/checks/${escapePath(flags.service)}`;
  return { request: { path, query: filterOf(flags) }, shape: asIs };
}

/** Handlers written for Consul get the fields of its Go client: always a Session, in this order. */
function pairs(answer: Json): Json[] {
  return ((answer ?? []) as readonly Readonly<Record<string, Json>>[]).map((row) => ({
    Key: row['Key']!,
    CreateIndex: row['CreateIndex']!,
    ModifyIndex: row['ModifyIndex']!,
    LockIndex: row['LockIndex']!,
    Flags: row['Flags']!,
    Value: row['Value']!,
    Session: row['Session'] ?? '',
  }));
}
