# One of three servers. Copy to /etc/tribune.d/ on each, with join.hcl.
server           = true
bootstrap_expect = 3

datacenter = "dc1"
data_dir   = "/var/lib/tribune"

# Other agents reach this one at its private address; applications on this machine use the loopback interface.
bind_addr   = "{{ GetPrivateIP }}"
client_addr = "127.0.0.1"

ports {
  grpc = 8502
}

# Gossip is encrypted when all agents have the same key: tribune keygen
# encrypt = "..."

limits {
  http_max_conns_per_client = 200
}

log_level = "info"
