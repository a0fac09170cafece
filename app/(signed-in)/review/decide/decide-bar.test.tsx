import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import type { Held } from "@/components/reviews/held-decisions";
import type { ReviewItem } from "@/core/shapes/review";
import type { Review } from "@/core/shapes/shapes";
import type { Seen } from "../seen/seen";
import { DecideBar } from "./decide-bar";

const WHY = "You are signed in as viewer; deciding needs the role reviewer: ask an admin.";
const nothing = () => {};

function bar(
  kind: Review["kind"],
  mayNot: string | null,
  more: {
    alike?: string[];
    isOver?: boolean;
    me?: string;
    held?: Held;
    mayNotApprove?: string;
    seen?: Seen;
    risk?: Review["risk"]["level"];
    button?: ReviewItem["button"];
    trees?: string[];
  } = {},
): string {
  const item = {
    review: {
      id: "r1",
      kind,
      title: "Approve it?",
      risk: { level: more.risk ?? "Low", says: "it only reads" },
      status: more.isOver ? "rejected" : "open",
      decided_by: "Mara",
      decided_by_rule: null,
    },
    agent: "coder",
    proposal: null,
    button: more.button ?? { verb: "Approve", object: "" },
    comments: [],
    may_not: { decide: mayNot, approve: more.mayNotApprove ?? mayNot, comment: mayNot, ask: mayNot },
  } as unknown as ReviewItem;
  const alike = (more.alike ?? ["r1"]).map((id, index) => ({
    ...item.review,
    id,
    tree_id: more.trees?.[index] ?? "t1",
  }));
  const deciding = { approve: nothing, reject: nothing, answer: nothing, approveChanged: nothing };
  return renderToStaticMarkup(
    <DecideBar
      item={item}
      deciding={deciding}
      chosen={alike}
      isSeveral={alike.length > 1}
      canUndo={false}
      undo={nothing}
      reload={nothing}
      answerBox={{ current: null }}
      held={more.held}
      me={more.me ?? "Jonas"}
      open={[]}
      isOver={more.isOver ?? false}
      seen={more.seen ?? { isSeen: true, isAwake: true, sentence: "You have seen all of it" }}
    />,
  );
}

/** All but “More”, which only shows further buttons. */
const buttons = (html: string) =>
  (html.match(/<button[^>]*>/g) ?? []).filter((button) => !button.includes("data-more"));
/** Looks for the attribute, not for a class such as `aria-disabled:…`. */
const isDisabled = (button: string) => / (aria-)?disabled="(true)?"/.test(button);

test("a user who may not decide sees every button disabled, and reads who may decide", () => {
  for (const kind of ["approval", "flag"] as const) {
    const html = bar(kind, WHY);
    expect(html).toContain(WHY);
    expect(buttons(html).length).toBeGreaterThan(3);
    expect(buttons(html).filter((button) => !isDisabled(button))).toEqual([]);
  }
  const question = bar("question", WHY);
  expect(question).toContain(WHY);
  expect(question).not.toContain("<textarea");
  expect(buttons(bar("approval", null)).filter((button) => isDisabled(button))).toEqual([]);
});

test("a user who may decide but not approve reads why, and can reject", () => {
  const html = bar("proposal", null, { alike: ["r1", "r2"], mayNotApprove: "Only an admin can approve it." });
  expect(html).toContain("Only an admin can approve it.");
  const isApproval = (button: string) => /data-key="a"/.test(button);
  expect(buttons(html).filter(isApproval).length).toBe(1);
  expect(buttons(html).filter(isDisabled)).toEqual(buttons(html).filter(isApproval));
});

test("one decision settles the alike items that are chosen, and says how many; a decided item has no buttons", () => {
  const html = bar("approval", null, { alike: ["r1", "r2", "r3"] });
  expect(html).toMatch(/<button[^>]*data-key="a"[^>]*>Approve 3<kbd>a/);
  expect(html).toMatch(/<button[^>]*data-key="r"[^>]*>Reject 3…<kbd>r/);
  expect(bar("approval", null)).toMatch(/<button[^>]*data-key="a"[^>]*>Approve<kbd>a/);
  const over = bar("approval", null, { isOver: true });
  expect(over).toContain("Rejected by Mara.");
  expect(buttons(over)).toEqual([]);
  expect(bar("approval", null, { isOver: true, me: "Mara" })).toContain("Rejected by you.");
  // A decision that came too late says so, and the item says who was faster.
  const held = { state: "failed", sentence: "Your text was not sent." } as Held;
  const late = bar("approval", null, { isOver: true, held });
  expect(late).toContain("Rejected by Mara.");
  expect(late).toContain("Your text was not sent.");
});

test("the button names the act, and for items alike in how many trees", () => {
  const says = (more: Parameters<typeof bar>[2]) =>
    /data-key="a"[^>]*>([^<]*)/.exec(
      bar("approval", null, { button: { verb: "Install", object: "left-pad" }, ...more }),
    )?.[1];
  expect(says({})).toBe("Install left-pad");
  expect(says({ alike: ["r1", "r2", "r3"], trees: ["t1", "t2", "t3"] })).toBe("Install in 3 trees");
  // Two of them are in one tree.
  expect(says({ alike: ["r1", "r2", "r3"], trees: ["t1", "t2", "t2"] })).toBe("Approve 3");
});

test("what decides sleeps until all of the evidence was seen, and says why; talking does not wait", () => {
  const seen = { isSeen: false, isAwake: false, sentence: "2 of 3 files not opened yet" };
  const asleep = buttons(bar("approval", null, { seen })).filter((button) => / aria-disabled="true"/.test(button));
  expect(asleep.map((button) => /data-(?:key|form)="(\w+)"/.exec(button)?.[1])).toEqual(["a", "r", "e", "rule"]);
  for (const button of asleep) expect(button).toContain('aria-describedby="seen-line"');
  expect(bar("approval", null, { seen })).toMatch(/id="seen-line"[^>]*>2 of 3 files not opened yet</);
  expect(buttons(bar("approval", null)).filter((button) => / aria-disabled="true"/.test(button))).toEqual([]);
});

test("the button of a high risk and one that sleeps are not filled", () => {
  const markup = (more: Parameters<typeof bar>[2]) =>
    /<button[^>]*data-key="a"[^>]*>/.exec(bar("approval", null, more))?.[0];
  expect(markup({})).toContain("bg-accent");
  expect(markup({ risk: "High" })).not.toContain("bg-accent");
  expect(markup({ risk: "High" })).toContain("border-fail!");
  expect(markup({ seen: { isSeen: false, isAwake: false, sentence: "" } })).not.toContain("bg-accent");
});
