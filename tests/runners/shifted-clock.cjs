/** Loaded before a program: its wall clock is off by the milliseconds in the file of BANYAN_TEST_CLOCK. The steady clock is not. */
const { readFileSync } = require("node:fs");

const RealDate = Date;
const shifted = () => {
  try {
    return RealDate.now() + Number(readFileSync(process.env.BANYAN_TEST_CLOCK ?? "", "utf8"));
  } catch {
    return RealDate.now();
  }
};
globalThis.Date = class extends RealDate {
  /** @param {...any} given */
  constructor(...given) {
    // @ts-expect-error: a spread of what a caller of Date gives
    super(...(given.length === 0 ? [shifted()] : given));
  }
  static now() {
    return shifted();
  }
};
