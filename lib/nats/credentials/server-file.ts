/** A complete configuration of nats-server for one cell, for people to copy and change. */

/** `accountsFile` stands beside it. */
export function serverFile(accountsFile: string): string {
  return `# nats-server for Banyan, for one node. docs/runners.md explains each part.
# nats-server --config nats-server.conf     starts it

server_name: nats-1
listen: "0.0.0.0:4222"

# Server and runners refuse to speak without TLS to another machine. Name your own files; the certificate must have the
# host name that they use. Without these four lines it is for this machine only: listen on "127.0.0.1:4222" then.
tls {
  cert_file: "/etc/nats/tls/nats.crt"
  key_file: "/etc/nats/tls/nats.key"
}

# Outcomes of calls, packs of files, and who is there. A node needs this folder when it starts again.
jetstream {
  store_dir: "/var/lib/nats"
  max_file_store: 50GB
}

# The users. "banyan runner credentials" writes the file; copy it again after each change, and start the node again.
# A reload is not enough: it knows a new runner, and does not connect it with the server.
accounts {
  SYSTEM: {}
  include "${accountsFile}"
}
system_account: SYSTEM

# Three nodes go on when one of them is lost. Each has a server_name of its own and the same list of routes.
# cluster {
#   name: banyan
#   listen: "0.0.0.0:6222"
#   routes: [ "nats://nats-1.example.org:6222", "nats://nats-2.example.org:6222", "nats://nats-3.example.org:6222" ]
#   tls {
#     cert_file: "/etc/nats/tls/nats.crt"
#     key_file: "/etc/nats/tls/nats.key"
#     ca_file: "/etc/nats/tls/ca.crt"
#   }
# }
`;
}
