/** Keeps the beginning and the end of what a plan prints: a person approves what stands there, and its sum is at the end. */

/** What a person reads before they approve. */
const MOST_CHARACTERS = 100_000;
const HALF = MOST_CHARACTERS / 2;

interface PlanText {
  add(text: string): void;
  /** Returns the plan; the middle of a long one is replaced by how much it was. */
  end(): string;
}

/** What it is given may be shown: a secret that is cut in two would be no known one any more. */
export function keepPlan(): PlanText {
  let first = "";
  let last = "";
  let leftOut = 0;
  return {
    add(text) {
      const room = HALF - first.length;
      first += text.slice(0, room);
      last += text.slice(room);
      // Cut seldom: a plan may come in very many small pieces.
      if (last.length > 2 * MOST_CHARACTERS) cut();
    },
    end() {
      cut();
      if (leftOut === 0) return first + last;
      const count = leftOut.toLocaleString("en-US");
      return `${first}\n\n[${count} characters of the plan are left out here; its log has more.]\n\n${last}`;
    },
  };

  function cut(): void {
    const over = Math.max(0, last.length - HALF);
    leftOut += over;
    last = last.slice(over);
  }
}
