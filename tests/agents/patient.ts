/**
 * Settings under which a model that a test holds back does not count as dead, however slow a busy machine is. No commit
 * waits for the disk, which would protect only from a loss of power. Flags start no looks, because a script answers
 * only the requests of its test.
 */
export const PATIENT = {
  BANYAN_MODEL_SILENCE_SECONDS: "600",
  BANYAN_SYNCHRONOUS: "NORMAL",
  BANYAN_FLAG_REVIEW_TOKENS_PER_DAY: "0",
};
