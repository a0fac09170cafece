/** The sample of the first run: a small repository that Banyan brings along, and the runbook that works in it. */
import type { Submission } from "./submission";

export const SAMPLE_URL = "banyan:sample";

export const SAMPLE_RUNBOOK = "sample";

export const SAMPLE_SUBMISSION: Submission = {
  task: "Is the bookshop fast enough?",
  runbook: SAMPLE_RUNBOOK,
  repository: { url: SAMPLE_URL },
};

/** The file in which the sample draws its chart. */
export const SAMPLE_REPORT = "report.svg";
