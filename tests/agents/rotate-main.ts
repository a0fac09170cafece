/** Rotates the keys of a database, and waits forever at the point that the test names, where it is killed. */
import { openStore } from "@/db/store";
import { createKeyFile } from "@/lib/secrets/key-file";
import { createKeyring, type Keyring } from "@/lib/secrets/keyring";
import { createVault, type SecretStore } from "@/lib/secrets/vault";

const { file, keyFile, at } = JSON.parse(process.argv[2] ?? "") as Record<"file" | "keyFile" | "at", string>;
const store = openStore(file, { migrations: "drizzle", migrate: false });
const keyring = createKeyring(createKeyFile({ file: keyFile, outside: [] }), null);

function stayAt(place: string): void {
  if (place !== at) return;
  process.stdout.write("here\n");
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

const stopping: Keyring = {
  ...keyring,
  renew(database) {
    stayAt("before the key");
    const key = keyring.renew(database);
    stayAt("after the key");
    return key;
  },
  keep(database, ids) {
    stayAt("after the rows");
    const dropped = keyring.keep(database, ids);
    stayAt("at the end");
    return dropped;
  },
};
const secrets: SecretStore = {
  ...store.secrets,
  reseal: (seal) =>
    store.secrets.reseal((row) => {
      if (row.name === "second") stayAt("between rows");
      return seal(row);
    }),
};

void createVault(secrets, stopping).rotate();
