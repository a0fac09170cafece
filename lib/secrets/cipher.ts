/** One secret as a row: AES-256-GCM, bound to its name and its key, so that a row under another name does not decrypt. */
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { SecretError } from "./errors";
import type { Key } from "./key-file";

const ALGORITHM = "aes-256-gcm";
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

export interface SealedSecret {
  name: string;
  keyId: string;
  nonce: Buffer;
  /** Ciphertext and tag. */
  data: Buffer;
}

export function seal(key: Key, name: string, value: string): SealedSecret {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, key.bytes, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(boundTo(name, key.id));
  const data = Buffer.concat([cipher.update(value, "utf8"), cipher.final(), cipher.getAuthTag()]);
  return { name, keyId: key.id, nonce, data };
}

/** Throws SecretError when the key is not there, or the row is not what was written under this name. */
export function unseal(keys: readonly Key[], { name, keyId, nonce, data }: SealedSecret): string {
  const key = keys.find((one) => one.id === keyId);
  if (!key)
    throw new SecretError(
      "unavailable",
      `The secret ${name} cannot be read: its key ${keyId} is not there any more; put the key file back, or set the secret anew.`,
    );
  try {
    const decipher = createDecipheriv(ALGORITHM, key.bytes, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(boundTo(name, keyId));
    decipher.setAuthTag(data.subarray(data.length - TAG_BYTES));
    const text = Buffer.concat([decipher.update(data.subarray(0, data.length - TAG_BYTES)), decipher.final()]);
    return text.toString("utf8");
  } catch {
    throw new SecretError("unavailable", `The secret ${name} cannot be read: its row is damaged; set it anew.`);
  }
}

/** Neither a name nor an id has a NUL in it. */
function boundTo(name: string, keyId: string): Buffer {
  return Buffer.from(`banyan secret\0${keyId}\0${name}`);
}
