/**
 * Decides where a server's data may be. The launcher's start refuses the same places in `scripts/setup.mjs`, before it
 * copies a checkout.
 */
import { basename, dirname, join } from "node:path";
import { realPathOf } from "../workspace/path";

/**
 * Releases and the source that agents get are copies of the checkout without the folder `data`. An upgrade replaces the
 * folder of an installed package, which is its `checkout`.
 */
export function problemOfPlace(
  { dataDir, databaseFile }: { dataDir: string; databaseFile: string },
  checkout: string,
  isPackage: boolean,
): string | null {
  const root = realPlace(checkout);
  const isWithin = (place: string, folder: string) => place === folder || place.startsWith(`${folder}/`);
  for (const [what, place, setting] of [
    ["The data folder", dataDir, "BANYAN_DATA_DIR"],
    ["The database", databaseFile, "DATABASE_URL"],
  ] as const) {
    const real = realPlace(place);
    if (!isWithin(real, root)) continue;
    if (isPackage)
      return `${what} ${place} is in the installed package, which an upgrade replaces: move it out, and set ${setting} to the new place.`;
    if (isWithin(real, join(root, "data"))) continue;
    return `${what} ${place} is in the checkout, which is copied into releases and shown to agents: move it out, or into the folder data, and set ${setting} to the new place.`;
  }
  return null;
}

/** Returns the path without links, also before it is made. */
function realPlace(place: string): string {
  return realPathOf(place) ?? (place === dirname(place) ? place : join(realPlace(dirname(place)), basename(place)));
}
