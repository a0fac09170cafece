"use client";

import { type FormEvent, useState } from "react";
import { argumentsOf, titleOf } from "@/components/reviews/approval-text";
import type { Deciding } from "@/components/reviews/deciding";
import { EditLines, editOf } from "@/components/reviews/edit-lines";
import { EvidenceBox } from "@/components/reviews/evidence-box";
import { REVIEW_WORDS } from "@/components/reviews/words";
import { LongText } from "@/components/text/long-text";
import { FIELD } from "@/components/ui/field-look";
import { scrollStop } from "@/components/ui/hooks/scroll-stop";
import { Modal } from "@/components/ui/modal";
import { Button } from "@/components/ui/parts";
import type { Review, Tree } from "@/core/shapes/shapes";

export interface Several {
  verb: "approve" | "reject";
  items: readonly Review[];
}

interface SeveralDialogProps extends Several {
  trees: ReadonlyMap<string, Tree>;
  deciding: Deciding;
  onClosed: () => void;
}

/** Dialog that lists every item of a common decision, with its full arguments, before they are decided together. */
export function SeveralDialog({ verb, items, trees, deciding, onClosed }: SeveralDialogProps) {
  const [reason, setReason] = useState("");
  const word = verb === "approve" ? "Approve" : "Reject";
  const areCalls = items.every(({ kind }) => kind === "approval");
  return (
    <Modal title={`${word} ${items.length} ${areCalls ? "calls" : "items"}?`} onClosed={onClosed} wide>
      {(dismiss) => (
        <form
          onSubmit={(event: FormEvent) => {
            event.preventDefault();
            dismiss();
            if (verb === "approve") deciding.approve(items);
            else deciding.reject(items, reason);
          }}
        >
          <p className="mt-1 text-ink-2">
            {verb === "approve"
              ? "Each of these is decided as if you had approved it by itself. Nothing else is approved."
              : "None of these runs. Each task continues without it."}
          </p>
          <SeveralList items={items} trees={trees} />
          {verb === "reject" ? (
            <label className={`${FIELD} mt-3`}>
              <span>Reason (optional): each task reads it</span>
              <textarea rows={2} value={reason} data-first-focus onChange={(event) => setReason(event.target.value)} />
            </label>
          ) : null}
          <div className="mt-4 flex flex-wrap items-center justify-end gap-2">
            <Button onClick={dismiss}>Cancel</Button>
            <Button
              type="submit"
              look={verb === "approve" ? "primary" : "danger"}
              data-first-focus={verb === "approve" || undefined}
            >
              {word} {items.length}
            </Button>
          </div>
        </form>
      )}
    </Modal>
  );
}

function SeveralList({ items, trees }: Pick<SeveralDialogProps, "items" | "trees">) {
  return (
    <ol className="mt-3 max-h-[50vh] overflow-auto border-line border-y" aria-label="What is decided" ref={scrollStop}>
      {items.map((item) => (
        <SeveralItem key={item.id} item={item} tree={trees.get(item.tree_id)} />
      ))}
    </ol>
  );
}

function SeveralItem({ item, tree }: { item: Review; tree: Tree | undefined }) {
  const edit = editOf(item);
  return (
    <li className="border-line border-b py-2 last:border-b-0">
      <p className="wrap-anywhere font-medium">
        <span className="text-ink-3">{REVIEW_WORDS[item.kind]}:</span> {titleOf(item)}
      </p>
      {tree ? <p className="truncate text-ink-2 text-small">{tree.title}</p> : null}
      <EvidenceBox>
        {edit ? (
          <EditLines edit={edit} />
        ) : (
          <LongText text={item.kind === "approval" ? argumentsOf(item) : item.detail || item.title} />
        )}
      </EvidenceBox>
    </li>
  );
}
