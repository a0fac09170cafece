import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import type { Blobs } from "@/gates/model/tree";

/** Keeps contents in a folder that only this user can read. */
export function openBlobs(folder: string): Blobs {
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  const fileOf = (oid: string) => path.join(folder, oid);
  return {
    fileOf,
    add(content) {
      const oid = oidOf(content);
      if (!fs.existsSync(fileOf(oid))) fs.writeFileSync(fileOf(oid), content, { mode: 0o600 });
      return oid;
    },
    read: (oid) => fs.readFileSync(fileOf(oid)),
  };
}

/** Returns git's id of a content. */
function oidOf(content: Buffer): string {
  return createHash("sha1").update(`blob ${content.length}\0`).update(content).digest("hex");
}
