"use client";

import Link from "next/link";
import { Icon } from "@/components/ui/icon";
import { Button } from "@/components/ui/parts";
import type { AgentFields } from "@/core/shapes/configuration";
import { exactCount } from "@/core/words/figures";
import { addressOf } from "../kinds/kinds";
import { AddOne } from "./add-one";
import { FormSection } from "./form-section";

interface AgentDocumentsProps {
  documents: string[];
  change: (fields: Partial<AgentFields>) => void;
  known: { name: string; tokens: number }[];
  readOnly: boolean;
}

/** The context documents in the agent's prompt. */
export function AgentDocuments({ documents, change, known, readOnly }: AgentDocumentsProps) {
  const rest = known.filter(({ name }) => !documents.includes(name));
  return (
    <FormSection title="Context documents">
      {documents.length === 0 ? <p className="text-ink-2">No documents.</p> : null}
      <ul>
        {documents.map((name) => {
          const found = known.find((document) => document.name === name);
          return (
            <li className="flex min-w-0 min-h-7 items-center gap-2 phone:min-h-9" key={name}>
              <Icon name="doc" />
              <Link
                className="min-w-0 font-mono text-mono/6 wrap-anywhere hover:underline"
                href={addressOf("document", name)}
              >
                {name}
              </Link>
              <span className={found ? "text-ink-3 text-small" : "text-fail text-small"}>
                {found ? `${exactCount(found.tokens)} tokens` : "does not exist: remove it"}
              </span>
              {readOnly ? null : (
                <Button
                  look="quiet"
                  className="w-control px-0!"
                  aria-label={`Remove ${name}`}
                  onClick={() => change({ documents: documents.filter((document) => document !== name) })}
                >
                  <Icon name="x" />
                </Button>
              )}
            </li>
          );
        })}
      </ul>
      {readOnly ? null : (
        <AddOne
          label="Add document"
          options={rest.map(({ name, tokens }) => ({ name, text: `${name}, ${exactCount(tokens)} tokens` }))}
          add={(name) => change({ documents: [...documents, name] })}
        />
      )}
    </FormSection>
  );
}
