import { type Clock, type Logger, messageOf } from '@tribune/platform';
import type { CatalogApi } from '@tribune/protocol';
import { Fetched } from '../../cache/fetched';
import { addressKey } from '../../wire/ip-address';
import type { ServiceAddressLookup } from '../context';

/** A reverse name asked again within this time costs the catalog nothing. */
const KEEP_MS = 2000;
const ADDRESSES_MAX = 256;

/**
 * Which service has an address for its own. Only reverse names ask this; following every service for their sake would
 * cost each agent the whole catalog, so it is the one question that travels.
 */
export class ServiceAddresses {
  private readonly fetched: Fetched<{ service: string | undefined } | { failed: string }>;

  constructor(
    private readonly collaborators: { readonly catalog: CatalogApi; readonly clock: Clock; readonly logger: Logger },
  ) {
    this.fetched = new Fetched({ keepMs: KEEP_MS, entriesMax: ADDRESSES_MAX }, collaborators.clock);
  }

  readonly lookup = (address: Uint8Array): ServiceAddressLookup => {
    const fetch = this.fetched.get(addressKey(address), () => this.ask(address));
    if (fetch.kind === 'awaited') return fetch;
    if (fetch.kind === 'refused') return { kind: 'failed', reason: 'too many reverse names at once' };
    return 'failed' in fetch.value ? { kind: 'failed', reason: fetch.value.failed } : { kind: 'known', ...fetch.value };
  };

  private async ask(address: Uint8Array): Promise<{ service: string | undefined } | { failed: string }> {
    const { catalog, logger } = this.collaborators;
    try {
      const { value } = await catalog.instances({ service: '', address: textOfAddress(address), consistency: 'stale' });
      return { service: value[0]?.service.service };
    } catch (thrown) {
      logger.debug('service address lookup failed', { error: messageOf(thrown) });
      return { failed: 'the catalog did not answer' };
    }
  }
}

/** The way Go prints addresses: IPv6 with its longest run of zeros as `::` (RFC 5952). */
function textOfAddress(address: Uint8Array): string {
  if (address.length === 4) return address.join('.');
  const full = Array.from({ length: 8 }, (_, i) => ((address[2 * i]! << 8) | address[2 * i + 1]!).toString(16)).join(
    ':',
  );
  return new URL(`http://[${full}]`).hostname.slice(1, -1);
}
