/** The address under which a task names the source of the release that runs, as a repository. */
export const SELF_URL = "banyan:self";
