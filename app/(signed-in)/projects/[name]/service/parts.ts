/** The parts of a service's page, by their place in its address. */

const PARTS = ["environments", "requirements", "contract", "traceability"] as const;
export type ServicePart = (typeof PARTS)[number];

/** Returns the part that an address asks for; the first one for anything else. */
export function partOf(given: string | string[] | undefined): ServicePart {
  return PARTS.find((part) => part === given) ?? "environments";
}

export function partAddress(project: string, part: ServicePart): string {
  return `/projects/${project}/service${part === "environments" ? "" : `?part=${part}`}`;
}
