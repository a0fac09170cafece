/** Tells the accounts of a provider apart without keeping their keys. */
import { createHash } from "node:crypto";
import type { ProviderAccess } from "@/lib/models/protocols/model-provider";

/** Returns a digest of the key and the address. */
export function accessDigest({ key = "", baseUrl = "" }: ProviderAccess = {}): string {
  return createHash("sha256")
    .update(JSON.stringify([key, baseUrl]))
    .digest("hex");
}
