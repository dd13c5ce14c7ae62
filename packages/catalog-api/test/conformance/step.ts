/** A body as data; `{{name}}` in text stands for a captured value. */
export type Body =
  | { readonly text: string }
  | { readonly json: unknown }
  | { readonly base64: string }
  | { readonly repeat: { readonly byte: number; readonly count: number } };

/** One recorded request: what to send, when, and how to look at the answer. */
export interface Step {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Body;
  readonly chunked?: boolean;
  /** Bytes to put on the wire as they are. */
  readonly raw?: string;
  /** Milliseconds to wait before the request. */
  readonly sleep?: number;
  /** Name → JSON path of the answer, for later steps. */
  readonly capture?: Readonly<Record<string, string>>;
  /** Sent while this request is outstanding. */
  readonly meanwhile?: readonly { readonly after: number; readonly req: string; readonly body?: Body }[];
  /** How long the answer may take: at least, at most. Milliseconds. */
  readonly ms?: readonly [number, number];
  /** How X-Consul-Index relates to one seen before. */
  readonly index?: { readonly save?: string; readonly vs?: string };
  /** Repeat until this holds. */
  readonly until?: 'empty-list';
  readonly untilMs?: number;
  readonly extract?: 'continued-and-stored' | 'body-hex' | 'escapes-html' | 'body-length';
  readonly compare?: 'none' | 'binary';
  readonly ignore?: readonly string[];
  readonly unordered?: readonly string[];
  /** Only prepares; not compared. */
  readonly fixture?: boolean;
}

export interface Scenario {
  readonly scenario: string;
  readonly steps: readonly Step[];
}
