import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import type { EntryProposal } from "@/core/shapes/configuration";
import type { Review } from "@/core/shapes/shapes";
import type { EntryStart, OpenProposal } from "../kinds/choices";
import { ProposalCard } from "./entry-proposals";

const FIELDS = { name: "style", description: "How we write.", body: "Be short." };

function card(mayNot: OpenProposal["mayNot"], version = 1): string {
  const proposal = { review: "r1", proposed_by: "improver", base_version: 1, fields: FIELDS, why: "Asked for." };
  const open = { proposal: proposal as EntryProposal, review: { id: "r1" } as Review, mayNot };
  const entry = { name: "style", version, fields: FIELDS };
  const start = { kind: "document", entry, may: { edit: true, run: true, decide: true } } as unknown as EntryStart;
  return renderToStaticMarkup(<ProposalCard start={start} open={open} onDone={() => {}} />);
}

/** Looks for the attribute, not for a class such as `disabled:…`. */
const isDisabled = (html: string, label: string) =>
  html.match(/<button.*?<\/button>/g)?.some((button) => button.includes(label) && / disabled="/.test(button)) ?? null;

test("whoever may not approve a proposal reads why, and can reject it; an outdated one can only be rejected", () => {
  const cannot = card({ decide: null, approve: "Only an admin can approve it." });
  expect(cannot).toContain("Only an admin can approve it.");
  expect([isDisabled(cannot, "Approve"), isDisabled(cannot, "Reject…")]).toEqual([true, false]);
  const own = card({ decide: "Another reviewer must decide.", approve: "Another reviewer must decide." });
  expect(own).toContain("Another reviewer must decide.");
  expect([isDisabled(own, "Approve"), isDisabled(own, "Reject…")]).toEqual([true, true]);
  const can = card({ decide: null, approve: null });
  expect([isDisabled(can, "Approve"), isDisabled(can, "Reject…")]).toEqual([false, false]);
  const outdated = card({ decide: null, approve: null }, 2);
  expect(outdated).toContain("Outdated: proposed for version 1");
  expect([isDisabled(outdated, "Approve"), isDisabled(outdated, "Reject…")]).toEqual([true, false]);
});
