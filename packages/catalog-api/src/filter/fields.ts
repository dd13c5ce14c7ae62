import type { MatchOperator } from './grammar';

/** What a selector may lead to, and what may be asked of it there. */
export type Field =
  | { readonly kind: 'string' | 'int' | 'bool' | 'strings' }
  | { readonly kind: 'struct'; readonly members: Fields }
  | { readonly kind: 'structs'; readonly members: Fields }
  /** Any key leads to `item`. */
  | { readonly kind: 'map'; readonly item: Field };
export type Fields = Readonly<Record<string, Field>>;

const COLLECTION: readonly MatchOperator[] = ['Is Empty', 'Is Not Empty', 'In', 'Not In'];

export function operatorsOf(field: Field): readonly MatchOperator[] {
  switch (field.kind) {
    case 'string':
      return ['Equal', 'Not Equal', 'In', 'Not In', 'Matches', 'Not Matches'];
    case 'int':
    case 'bool':
      return ['Equal', 'Not Equal'];
    case 'strings':
    case 'map':
      return COLLECTION;
    case 'structs':
      return ['Is Empty', 'Is Not Empty'];
    case 'struct':
      return [];
  }
}

const string: Field = { kind: 'string' };
const int: Field = { kind: 'int' };
const bool: Field = { kind: 'bool' };
const strings: Field = { kind: 'strings' };
const struct = (members: Fields): Field => ({ kind: 'struct', members });
const structs = (members: Fields): Field => ({ kind: 'structs', members });
const mapOf = (item: Field): Field => ({ kind: 'map', item });

const meshGateway = struct({ Mode: string });
const weights = struct({ Passing: int, Warning: int });
const connect = struct({ Native: bool });
const addresses = mapOf(struct({ Address: string, Port: int }));
const proxy = struct({
  DestinationServiceName: string,
  DestinationServiceID: string,
  LocalServiceAddress: string,
  LocalServicePort: int,
  Upstreams: structs({
    DestinationType: string,
    DestinationNamespace: string,
    DestinationName: string,
    Datacenter: string,
    LocalBindAddress: string,
    LocalBindPort: int,
    MeshGateway: meshGateway,
  }),
  MeshGateway: meshGateway,
  Expose: struct({
    Checks: bool,
    Paths: structs({ ListenerPort: int, Path: string, LocalPathPort: int, Protocol: string, ParsedFromCheck: bool }),
  }),
});

/** The selectors of each kind of row, by the names in its JSON. */
export const NODE_FIELDS: Fields = {
  ID: string,
  Node: string,
  Address: string,
  Datacenter: string,
  TaggedAddresses: mapOf(string),
  Meta: mapOf(string),
};

export const SERVICE_NODE_FIELDS: Fields = {
  ID: string,
  Node: string,
  Address: string,
  Datacenter: string,
  TaggedAddresses: mapOf(string),
  NodeMeta: mapOf(string),
  ServiceKind: string,
  ServiceID: string,
  ServiceName: string,
  ServiceTags: strings,
  ServiceAddress: string,
  ServiceTaggedAddresses: addresses,
  ServiceWeights: weights,
  ServiceMeta: mapOf(string),
  ServicePort: int,
  ServiceEnableTagOverride: bool,
  ServiceProxy: proxy,
  ServiceConnect: connect,
};

export const INSTANCE_FIELDS: Fields = {
  Kind: string,
  ID: string,
  Service: string,
  Tags: strings,
  Address: string,
  TaggedAddresses: addresses,
  Meta: mapOf(string),
  Port: int,
  Weights: weights,
  EnableTagOverride: bool,
  Proxy: proxy,
  Connect: connect,
};

export const CHECK_FIELDS: Fields = {
  Node: string,
  CheckID: string,
  Name: string,
  Status: string,
  Notes: string,
  Output: string,
  ServiceID: string,
  ServiceName: string,
  ServiceTags: strings,
  Type: string,
};

export const HEALTH_FIELDS: Fields = {
  Node: struct(NODE_FIELDS),
  Service: struct(INSTANCE_FIELDS),
  Checks: structs(CHECK_FIELDS),
};
