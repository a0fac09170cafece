/** The closed list of reasons why a task failed or was stopped, each with what it says and what to do about it. */
export const REASONS = {
  model_error: { says: "The model could not be reached or kept failing.", remedy: "Retry it, or switch the model." },
} as const;
export type Reason = string;
