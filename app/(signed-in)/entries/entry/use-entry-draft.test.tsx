import { useState } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import type { Entry, EntryFields } from "@/core/shapes/configuration";
import { type EntryDraft, useEntryDraft } from "./use-entry-draft";

type Draft = EntryDraft<EntryFields>;
type Act = (draft: Draft) => void;

const live = { version: 1, fields: { name: "notes", body: "First" } } as unknown as Entry;

/** Returns the draft after each of the acts, one render each. */
function drafted(...acts: Act[]): Draft {
  const seen: Draft[] = [];
  function Page() {
    const [at, setAt] = useState(0);
    const draft = useEntryDraft<EntryFields>("document.notes", live, live.fields);
    seen.push(draft);
    const act = acts[at];
    if (act) {
      act(draft);
      setAt(at + 1);
    }
    return null;
  }
  renderToStaticMarkup(<Page />);
  return seen.at(-1) as Draft;
}

test("what is typed while an earlier text is being saved stays, over the version that was saved", () => {
  const sent: Draft[] = [];
  const after = drafted(
    (draft) => draft.change({ body: "Second" }),
    (draft) => {
      sent.push(draft);
      draft.change({ body: "Third" });
    },
    () => sent[0]?.saved(2, sent[0].fields, "document.notes"),
  );
  expect(after.fields).toMatchObject({ body: "Third" });
  expect(after.base).toMatchObject({ version: 2, fields: { body: "Second" } });
  expect(after.isDirty).toBe(true);
});

test("what was saved is no draft", () => {
  const after = drafted(
    (draft) => draft.change({ body: "Second" }),
    (draft) => draft.saved(2, draft.fields, "document.notes"),
  );
  expect(after).toMatchObject({ isDirty: false, fields: { body: "Second" }, base: { version: 2 } });
});
