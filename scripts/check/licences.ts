import path from "node:path";
import satisfies from "spdx-satisfies";
import { licenceOf } from "@/gates/checks/licences";
import type { Fault } from "./fault";

const LOCK = "package-lock.json";
/** The list that `npm run licences` writes. */
export const LIST = "THIRD-PARTY.md";

/** Licences that ask for their text to be kept, and for nothing of the code beside them. */
const ALLOWED = [
  "0BSD",
  "Apache-2.0",
  "BlueOak-1.0.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "CC-BY-3.0",
  "CC-BY-4.0",
  "CC0-1.0",
  "ISC",
  "MIT",
  "MIT-0",
  "OFL-1.1",
  "Unlicense",
  "Zlib",
];

interface Exception {
  packages: RegExp;
  licence: string;
  why: string;
}

/** Packages with another licence. Each is used unchanged, as its own files, which these licences ask for. */
const EXCEPTIONS: readonly Exception[] = [
  {
    packages: /^@img\/sharp-/,
    licence: "LGPL-3.0-or-later",
    why: "Next.js reduces pictures with it. The library is a file of its own, which a user may replace.",
  },
  {
    packages: /^lightningcss(-|$)/,
    licence: "MPL-2.0",
    why: "Tailwind writes style sheets with it, while pages are built. The licence covers its own files only.",
  },
  {
    packages: /^@cdktf\/hcl2json$/,
    licence: "MPL-2.0",
    why: "Reads Terraform files. The licence covers its own files only.",
  },
  {
    packages: /^elkjs$/,
    licence: "EPL-2.0",
    why: "Lays out the graph of a tree. The licence covers its own files only.",
  },
];

interface Shipped {
  name: string;
  /** An SPDX expression; "" where the package names no licence. */
  licence: string;
}

interface Lock {
  packages: Record<string, { version?: string; license?: string; dev?: boolean; link?: boolean }>;
}

/** Finds packages that ship with a licence that is not allowed, exceptions that no package needs, and an old list. */
export function checkLicences(shipped: readonly Shipped[], list: string, exceptions = EXCEPTIONS): Fault[] {
  const wrong = shipped.filter(({ licence }) => !isAllowed(licence, ALLOWED));
  const isExcepted = ({ packages, licence }: Exception, found: Shipped) =>
    packages.test(found.name) && isAllowed(found.licence, [...ALLOWED, licence]);
  const refused = wrong.filter((found) => !exceptions.some((exception) => isExcepted(exception, found)));
  const stale = exceptions.filter((exception) => !wrong.some((found) => isExcepted(exception, found)));
  return [
    ...refused.map(({ name, licence }) => ({
      file: LOCK,
      message: `${name} ships and has ${licence ? `the licence ${licence}` : "no licence"}, which is not allowed: choose another package`,
    })),
    ...stale.map(({ packages }) => ({
      file: "scripts/check/licences.ts",
      message: `names the exception ${packages.source}, which no package needs: remove it`,
    })),
    ...(list === listText(shipped, exceptions)
      ? []
      : [{ file: LIST, message: "is not up to date: `npm run licences`" }]),
  ];
}

/** Returns the packages that `npm ci --omit=dev` installs on some system, sorted by name, each name and licence once. */
export function shippedPackages(root: string, lockText: string): Shipped[] {
  const { packages } = JSON.parse(lockText) as Lock;
  const found = Object.entries(packages)
    .filter(([place, { dev, link }]) => place !== "" && !dev && !link)
    .map(([place, { version, license }]) => {
      const name = place.slice(place.lastIndexOf("node_modules/") + "node_modules/".length);
      // The lock file leaves out licences in an old form.
      return { name, licence: unwrapped(license ?? licenceOf(path.join(root, place), version) ?? "") };
    });
  const once = new Map(found.map((shipped) => [`${shipped.name}\0${shipped.licence}`, shipped]));
  return [...once.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Returns the text of the list of packages and their licences. It names no versions, which change often. */
export function listText(shipped: readonly Shipped[], exceptions = EXCEPTIONS): string {
  const licences = [...new Set(shipped.map(({ licence }) => licence))];
  const of = (licence: string) => shipped.filter((one) => one.licence === licence).map(({ name }) => name);
  const groups = licences
    .map((licence) => ({ licence, names: of(licence) }))
    .sort((a, b) => b.names.length - a.names.length || (a.licence < b.licence ? -1 : 1));
  const rows = exceptions.map(({ packages, licence, why }) => {
    const names = shipped
      .filter((one) => packages.test(one.name) && one.licence.includes(licence))
      .map(({ name }) => name);
    // The packages of one library for several systems share the beginning of their names.
    return `- \`${names[0]}\`${names.length > 1 ? ` and ${names.length - 1} more` : ""}, ${licence}: ${why}`;
  });
  const parts = [
    "# Packages that Banyan ships with",
    "`npm run licences` writes this list from `package-lock.json`, without packages that only development needs; `npm test` checks it. Some packages are for one system only. Each package holds the text of its licence.",
    "These packages have a licence that asks for more than its text to be kept:",
    rows.join("\n"),
    ...groups.map(({ licence, names }) => `## ${licence || "No licence"} (${names.length})\n\n${names.join(", ")}`),
  ];
  return `${parts.join("\n\n")}\n`;
}

function isAllowed(licence: string, allowed: readonly string[]): boolean {
  try {
    return satisfies(licence, [...allowed]);
  } catch {
    // Not an SPDX expression, such as "SEE LICENSE IN …".
    return false;
  }
}

/** "(MIT AND Zlib)" → "MIT AND Zlib". */
function unwrapped(licence: string): string {
  return licence.replace(/^\(([^()]*)\)$/, "$1");
}
