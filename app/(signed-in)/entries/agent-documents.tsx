"use client";

import Link from "next/link";
import type { AgentFields } from "@/agents/core/shapes-configuration";
import { exactCount } from "@/components/ui/format";
import { Icon } from "@/components/ui/icon";
import { Button } from "@/components/ui/parts";
import { AddOne } from "./add-one";
import { addressOf } from "./kinds";

interface AgentDocumentsProps {
  documents: string[];
  change: (fields: Partial<AgentFields>) => void;
  known: { name: string; tokens: number }[];
  readOnly: boolean;
}

/** What the agent has read before it begins. */
export function AgentDocuments({ documents, change, known, readOnly }: AgentDocumentsProps) {
  const rest = known.filter((one) => !documents.includes(one.name));
  return (
    <section className="block" aria-label="Context documents">
      <h3>Context documents</h3>
      {documents.length === 0 ? <p className="dim">It reads none.</p> : null}
      <ul className="holdings">
        {documents.map((name) => {
          const found = known.find((one) => one.name === name);
          return (
            <li key={name}>
              <Icon name="doc" />
              <Link className="mono" href={addressOf("document", name)}>
                {name}
              </Link>
              <span className={found ? "faint small" : "bad small"}>
                {found ? `${exactCount(found.tokens)} tokens` : "is not there any more"}
              </span>
              {readOnly ? null : (
                <Button
                  look="quiet"
                  className="icon"
                  aria-label={`Take ${name} away`}
                  onClick={() => change({ documents: documents.filter((one) => one !== name) })}
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
          label="Add a document"
          options={rest.map(({ name, tokens }) => ({ name, text: `${name}, ${exactCount(tokens)} tokens` }))}
          add={(name) => change({ documents: [...documents, name] })}
        />
      )}
    </section>
  );
}
