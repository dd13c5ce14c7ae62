import { assert } from '@tribune/platform';
import type { Handler, Method } from './route';

/** The order in which Consul lists methods in `Allow`. */
const METHOD_ORDER: readonly Method[] = ['GET', 'POST', 'PUT', 'DELETE'];

/** One pattern with its methods. */
export class Endpoint {
  private readonly handlers = new Map<string, Handler>();
  /** `OPTIONS,GET,PUT,DELETE`. */
  allow = 'OPTIONS';

  constructor(readonly pattern: string) {}

  add(method: Method, handler: Handler): void {
    assert(!this.handlers.has(method), `one handler for ${method} ${this.pattern}`);
    this.handlers.set(method, handler);
    this.allow = ['OPTIONS', ...METHOD_ORDER.filter((name) => this.handlers.has(name))].join(',');
  }

  handler(method: string): Handler | undefined {
    return this.handlers.get(method);
  }
}

interface Segment {
  readonly below: Map<string, Segment>;
  /** The endpoint of exactly this path. */
  exact?: Endpoint;
  /** The endpoint of everything below this path. */
  subtree?: Endpoint;
}

export type Match =
  | { readonly kind: 'found'; readonly endpoint: Endpoint; readonly tail: string }
  /** Only the path with a slash behind it exists. */
  | { readonly kind: 'slash' }
  | { readonly kind: 'none' };

const NONE: Match = { kind: 'none' };
const SLASH: Match = { kind: 'slash' };

/** Finds the endpoint of a path as Go's ServeMux does: exact before subtree, the longest subtree first. */
export class Router {
  private readonly root: Segment = { below: new Map() };
  private readonly all = new Map<string, Endpoint>();

  add(method: Method, pattern: string, handler: Handler): void {
    let endpoint = this.all.get(pattern);
    if (!endpoint) {
      endpoint = new Endpoint(pattern);
      this.all.set(pattern, endpoint);
      this.plant(pattern, endpoint);
    }
    endpoint.add(method, handler);
  }

  get endpoints(): Iterable<Endpoint> {
    return this.all.values();
  }

  /** `path` is decoded and starts with a slash. */
  find(path: string): Match {
    let at = this.root;
    let start = 1;
    let found: Match = NONE;
    for (;;) {
      const slash = path.indexOf('/', start);
      const next = at.below.get(slash < 0 ? path.slice(start) : path.slice(start, slash));
      if (!next) return found;
      if (slash < 0) {
        if (next.exact) return { kind: 'found', endpoint: next.exact, tail: '' };
        return next.subtree ? SLASH : found;
      }
      if (next.subtree) found = { kind: 'found', endpoint: next.subtree, tail: path.slice(slash + 1) };
      at = next;
      start = slash + 1;
    }
  }

  private plant(pattern: string, endpoint: Endpoint): void {
    const isSubtree = pattern.endsWith('/');
    let at = this.root;
    for (const name of pattern.slice(1, isSubtree ? -1 : undefined).split('/')) {
      let next = at.below.get(name);
      if (!next) at.below.set(name, (next = { below: new Map() }));
      at = next;
    }
    if (isSubtree) at.subtree = endpoint;
    else at.exact = endpoint;
  }
}
