/**
 * DNS for services and nodes, answered from memory; needs only the public catalog API.
 * @packageDocumentation
 */
export { createDnsGateway, type DnsGateway, type DnsGatewayCollaborators } from './gateway';
export {
  dnsBoundsDefaults,
  dnsGatewayDefaults,
  dnsSettingsDefaults,
  type DnsBounds,
  type DnsGatewayOptions,
  type DnsSettings,
  type SoaSettings,
} from './options';
export { OptionsInvalid, validateDnsOptions, validateDnsSettings } from './options-validation';
