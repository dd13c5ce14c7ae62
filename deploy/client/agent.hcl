# The agent of a machine that runs applications. Copy to /etc/tribune.d/, with join.hcl and the machine's services.
server = false

datacenter = "dc1"
data_dir   = "/var/lib/tribune"

bind_addr   = "{{ GetPrivateIP }}"
client_addr = "127.0.0.1"

ports {
  grpc = 8502
}

# Scripts as checks, from files on this machine only; never from the network.
# enable_local_script_checks = true

log_level = "info"
