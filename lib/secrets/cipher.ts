/**
 * Encrypts one secret as a row with AES-256-GCM, bound to its name and its key, so that a row under another name does
 * not decrypt.
 */
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
  /** Ciphertext and authentication tag. */
  data: Buffer;
}

export function seal(key: Key, name: string, value: string): SealedSecret {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, key.bytes, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(boundTo(name, key.id));
  const data = Buffer.concat([cipher.update(value, "utf8"), cipher.final(), cipher.getAuthTag()]);
  return { name, keyId: key.id, nonce, data };
}

/** Decrypts a row. Throws SecretError when the key is missing, or when the row was not written under this name. */
export function unseal(keys: readonly Key[], { name, keyId, nonce, data }: SealedSecret): string {
  const key = keys.find((key) => key.id === keyId);
  if (!key)
    throw new SecretError(
      "unavailable",
      `The secret ${name} cannot be read: its key ${keyId} is missing; restore the key file, or set the secret again.`,
    );
  try {
    const decipher = createDecipheriv(ALGORITHM, key.bytes, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(boundTo(name, keyId));
    decipher.setAuthTag(data.subarray(data.length - TAG_BYTES));
    const text = Buffer.concat([decipher.update(data.subarray(0, data.length - TAG_BYTES)), decipher.final()]);
    return text.toString("utf8");
  } catch {
    throw new SecretError("unavailable", `The secret ${name} cannot be read: its row is damaged; set it again.`);
  }
}

/** Joined with NUL, which neither names nor ids contain. */
function boundTo(name: string, keyId: string): Buffer {
  return Buffer.from(`banyan secret\0${keyId}\0${name}`);
}
