/** Names of the host's own actors, as the log records them beside those of people. */
export const SUPERVISOR = "the supervisor";
