import { maybeToggle, text } from './flag';

/** Flags of every command that talks to an agent. Undecided ones fall back to the environment. */
export const clientFlags = {
  'ca-file': text(
    'Path to a CA file to use for TLS when communicating with Tribune. This can also be specified via the TRIBUNE_CACERT or CONSUL_CACERT environment variable.',
    '',
    'value',
  ),
  'ca-path': text(
    'Path to a directory of CA certificates to use for TLS when communicating with Tribune. This can also be specified via the TRIBUNE_CAPATH or CONSUL_CAPATH environment variable.',
    '',
    'value',
  ),
  'client-cert': text(
    "Path to a client cert file to use for TLS when 'verify_incoming' is enabled. This can also be specified via the TRIBUNE_CLIENT_CERT or CONSUL_CLIENT_CERT environment variable.",
    '',
    'value',
  ),
  'client-key': text(
    "Path to a client key file to use for TLS when 'verify_incoming' is enabled. This can also be specified via the TRIBUNE_CLIENT_KEY or CONSUL_CLIENT_KEY environment variable.",
    '',
    'value',
  ),
  'http-addr': text(
    'The `address` and port of the Tribune HTTP agent. The value can be an IP address or DNS address, but it must also include the port, or a unix:// path. This can also be specified via the TRIBUNE_HTTP_ADDR or CONSUL_HTTP_ADDR environment variable. The default value is http://127.0.0.1:8500. The scheme can also be set to HTTPS by setting the environment variable TRIBUNE_HTTP_SSL=true or CONSUL_HTTP_SSL=true.',
    '',
    'address',
  ),
  'tls-server-name': text(
    'The server name to use as the SNI host when connecting via TLS. This can also be specified via the TRIBUNE_TLS_SERVER_NAME or CONSUL_TLS_SERVER_NAME environment variable.',
    '',
    'value',
  ),
  token: text(
    'ACL token to use in the request. This can also be specified via the TRIBUNE_HTTP_TOKEN or CONSUL_HTTP_TOKEN environment variable. If unspecified, the query will default to the token of the agent at the HTTP address.',
    '',
    'value',
  ),
  'token-file': text(
    'File containing the ACL token to use in the request instead of one specified via the -token argument or the TRIBUNE_HTTP_TOKEN or CONSUL_HTTP_TOKEN environment variable. This can also be specified via the TRIBUNE_HTTP_TOKEN_FILE or CONSUL_HTTP_TOKEN_FILE environment variable.',
    '',
    'value',
  ),
};

/** Flags of the commands whose request a server answers. */
export const serverFlags = {
  datacenter: text(
    'Name of the datacenter to query. If unspecified, this will default to the datacenter of the queried agent.',
    '',
    'value',
  ),
  stale: {
    ...maybeToggle(
      'Permit any server (non-leader) to respond to this request. This allows for lower latency and higher throughput, but can result in stale data. This option has no effect on non-read operations. The default value is false.',
    ),
    placeholder: undefined,
  },
};

/** There is one namespace; the agent refuses a request that names another, rather than to answer from the wrong one. */
export const namespaceFlag = {
  namespace: text(
    'Specifies the namespace to query. Namespaces are a Consul Enterprise feature, which agents refuse.',
    '',
    'default',
  ),
};
