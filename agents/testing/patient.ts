/** Settings with which a model that a test holds back is not taken for dead, however long a busy machine takes. */
export const PATIENT = { BANYAN_MODEL_SILENCE_SECONDS: "600" };
