import type { CatalogReader } from '../catalog/catalog-reader';
import type { DnsSettings } from '../options';
import { nameFromLabels, type Name } from '../wire/name';
import { TYPE } from '../wire/codes';
import type { ResourceRecord } from '../wire/record';
import type { Resolution } from './resolution';

/** What resolvers look things up in. They read memory only; what is missing they report as awaited. */
export interface ResolverContext {
  readonly catalog: CatalogReader;
  /** Instances of any service with this own address: the one question that asks the catalog, see {@link ServiceAddresses}. */
  readonly serviceWithAddress: (address: Uint8Array) => ServiceAddressLookup;
  readonly settings: DnsSettings;
  readonly datacenter: string;
  /** The domains served, the primary first. */
  readonly domains: readonly Name[];
  readonly nowSeconds: () => number;
  /** Addresses of a host name outside our domains; see {@link ExternalNames}. */
  readonly external: ExternalLookup;
}

export type ServiceAddressLookup =
  | { readonly kind: 'known'; readonly service: string | undefined }
  | { readonly kind: 'awaited'; readonly until: Promise<void> }
  | { readonly kind: 'failed'; readonly reason: string };

/** Records of a foreign name: there, on their way, or not to be had. */
export type ExternalLookup = (
  name: Name,
  type: number,
) =>
  | { readonly kind: 'known'; readonly records: readonly ResourceRecord[] }
  | { readonly kind: 'awaited'; readonly until: Promise<void> };

/** Resolves a name of ours; `depth` bounds chains of CNAMEs. */
export type ResolveName = (name: Name, type: number, depth: number) => Resolution;

/** A name in the domain that was asked for; undefined when a label does not fit DNS. */
export function nameInDomain(labels: readonly string[], domain: Name): Name | undefined {
  const front = nameFromLabels(labels);
  if (!front || front.length - 1 + domain.length > 255) return undefined;
  return Buffer.concat([front.subarray(0, -1), domain]);
}

/** `<node>.node.<dc>.<domain>`. */
export const nodeName = (node: string, context: ResolverContext, domain: Name): Name | undefined =>
  nameInDomain([...node.split('.'), 'node', context.datacenter], domain);

export function soaRecord(context: ResolverContext, domain: Name): ResourceRecord {
  const { minTtl, refresh, retry, expire } = context.settings.soa;
  const server = nameInDomain(['ns'], domain) ?? domain;
  const mailbox = nameInDomain(['hostmaster'], domain) ?? domain;
  const serial = context.nowSeconds();
  return {
    owner: domain,
    ttl: minTtl,
    data: { type: TYPE.SOA, server, mailbox, serial, refresh, retry, expire, minTtl },
  };
}

/** A datacenter suffix is ours when it is absent, `<dc>` or `<dc>.dc`. */
export function isOurDatacenter(suffixes: readonly string[], context: ResolverContext): boolean {
  const [datacenter, marker, ...more] = suffixes;
  if (datacenter === undefined) return true;
  const markerFits = marker === undefined || marker.toLowerCase() === 'dc';
  return markerFits && more.length === 0 && datacenter.toLowerCase() === context.datacenter.toLowerCase();
}
