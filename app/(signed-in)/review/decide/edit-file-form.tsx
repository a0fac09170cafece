"use client";

import { type FormEvent, useId, useState } from "react";
import type { Deciding } from "@/components/reviews/deciding";
import { AskForm } from "@/components/reviews/reason-form";
import { MarkdownField } from "@/components/text/markdown-field";
import { FormActs } from "@/components/ui/form-acts";
import { useForm } from "@/components/ui/forms/use-form";
import { Hint } from "@/components/ui/hint";
import { useKeptText } from "@/components/ui/hooks/use-kept-text";
import type { ReviewedCall, ReviewItem } from "@/core/shapes/review";
import { changedLines } from "@/core/words/acts/changed-lines";
import { withoutDisguise } from "@/core/words/visible";
import { BarForm } from "./bar-parts";
import { SendKey } from "./send-key";

/** The argument that holds the text, for the tools that write into one file. */
const TEXT_OF: Readonly<Record<string, string>> = { write_file: "content", edit_file: "new_text" };

export interface EditedFile {
  path: string;
  /** The argument that holds the text. */
  name: string;
  text: string;
  /** All arguments of the call. */
  input: Readonly<Record<string, unknown>>;
}

/** Returns the text that a call writes into a file; null for other calls. */
export function fileIn(call: Pick<ReviewedCall, "tool" | "arguments">): EditedFile | null {
  const name = Object.hasOwn(TEXT_OF, call.tool) ? TEXT_OF[call.tool] : undefined;
  if (name === undefined) return null;
  try {
    const input = JSON.parse(call.arguments) as Record<string, unknown>;
    const { path, [name]: text } = input;
    return typeof path === "string" && typeof text === "string" ? { path, name, text, input } : null;
  } catch {
    return null;
  }
}

interface EditFileFormProps {
  item: ReviewItem;
  file: EditedFile;
  deciding: Deciding;
  close: () => void;
}

/** Form to approve a call with another text of its file. The agent is told which lines were changed. */
export function EditFileForm({ item, file, deciding, close }: EditFileFormProps) {
  const kept = useKeptText(`edit.${item.review.id}`);
  const [typed, setTyped] = useState<string | null>(null);
  const text = typed ?? (kept.text || file.text);
  const form = useForm();
  const hint = useId();
  const lines = changedLines(file.text, text);
  const isPart = file.name === "new_text";
  function submit(event?: FormEvent): void {
    event?.preventDefault();
    if (lines === null) {
      form.refuse("text", "Nothing has changed. Change the text, or approve the call as it is.");
      return;
    }
    close();
    const reason = `Changed in ${file.path}${isPart ? ", in the new text" : ""}: ${lines}.`;
    deciding.approveChanged(item.review, JSON.stringify({ ...file.input, [file.name]: text }), reason);
  }
  return (
    <BarForm>
      <SendKey send={submit}>
        <AskForm form={form} submit={submit} close={close}>
          <p className="wrap-anywhere">
            <code>{withoutDisguise(file.path)}</code>{" "}
            <span className="text-ink-3 text-small">{isPart ? "the new text of the edit" : "the whole file"}</span>
          </p>
          <MarkdownField
            value={text}
            label={withoutDisguise(isPart ? `New text in ${file.path}` : file.path)}
            isCode
            isNumbered
            takesFocus
            describedBy={hint}
            fault={form.textFault("text")}
            onChange={(next) => {
              form.clear("text");
              setTyped(next);
              kept.change(next);
            }}
          />
          <Hint id={hint} role="status">
            {lines === null ? "Nothing changed yet. " : `You changed: ${lines}. `}
            The original call does not run. {item.agent} is told which lines you changed, and to make the call with your
            text; that exact call then runs once without approval, in this tree, within 24 hours.
          </Hint>
          <FormActs close={close} hasKey>
            Approve with your change
          </FormActs>
        </AskForm>
      </SendKey>
    </BarForm>
  );
}
