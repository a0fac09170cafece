/**
 * Settings with which a model that a test holds back is not taken for dead, however long a busy machine takes, and with which
 * no commit waits until the disk has it: that protects from a loss of power, which no test causes. Flags start no looks,
 * because a script answers only the requests that its test is about.
 */
export const PATIENT = {
  BANYAN_MODEL_SILENCE_SECONDS: "600",
  BANYAN_SYNCHRONOUS: "NORMAL",
  BANYAN_FLAG_REVIEW_TOKENS_PER_DAY: "0",
};
