/** What the page of KPIs shows, as its address says it, so that people can share a link. */

export const PERIODS = [7, 30, 90] as const;

export interface KpisAsked {
  project: string | null;
  days: (typeof PERIODS)[number];
}

export function askedBy(given: Record<string, string | string[] | undefined>): KpisAsked {
  return {
    project: typeof given.project === "string" && given.project !== "" ? given.project : null,
    days: PERIODS.find((days) => String(days) === given.days) ?? 30,
  };
}

/** Returns the parameters of an address; with a question mark unless there are none. */
export function queryOf({ project, days }: KpisAsked): string {
  const query = new URLSearchParams({
    ...(project !== null && { project }),
    ...(days !== 30 && { days: String(days) }),
  });
  return query.size > 0 ? `?${query}` : "";
}
