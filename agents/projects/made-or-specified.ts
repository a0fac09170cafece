/** Whether a project is a service, as far as its folder says. */
import { lstatSync } from "node:fs";
import { join } from "node:path";
import { RECORD_FILE } from "@/core/services/record";
import { SPECIFICATION_FILE } from "@/core/specification/limits";

/** Reads no file. A project whose repository is elsewhere is none here: to know it takes a fetch. */
export function isServiceIn({ address }: { address: string }): boolean {
  if (!address.startsWith("/")) return false;
  return [RECORD_FILE, SPECIFICATION_FILE].some((file) => {
    const [folder = ""] = file.split("/");
    const isPlain = lstatSync(join(address, folder), { throwIfNoEntry: false })?.isDirectory();
    return isPlain && lstatSync(join(address, file), { throwIfNoEntry: false })?.isFile();
  });
}
