import { existsSync, readdirSync } from "node:fs";
import { dirname, sep } from "node:path";

/** Returns the addresses of all pages in the folder `app` of Next.js, as in `/trees/:id`. */
export function pageRoutes(app: string): string[] {
  if (!existsSync(app)) return [];
  return (
    readdirSync(app, { recursive: true, encoding: "utf8" })
      .filter((file) => /(^|[\\/])(page|route)\.tsx?$/.test(file))
      .map((file) => dirname(file).split(sep))
      // The page for all other addresses says that there is none.
      .filter((parts) => !parts.some((part) => part.startsWith("[...")))
      .map((parts) => `/${parts.filter(isInAddress).map(addressPart).join("/")}`)
      .sort()
  );
}

/** Folders in parentheses group pages and stand in no address. */
const isInAddress = (part: string) => part !== "." && !part.startsWith("(");

const addressPart = (part: string) => part.replace(/^\[(.+)\]$/, ":$1");
