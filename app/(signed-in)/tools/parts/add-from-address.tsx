"use client";

import { type ReactNode, useRef, useState } from "react";
import type { Failure } from "@/app/act";
import { type Form, useForm } from "@/components/ui/forms/use-form";
import { Card } from "@/components/ui/page/card";
import { ReadForm } from "./read-form";

type Previewed<Preview> = { ok: true; preview: Preview } | Failure;

interface AddFromAddressProps<Source, Preview> {
  id: string;
  title: string;
  label: string;
  placeholder: string;
  /** What the button does, such as “Read card”. */
  action: string;
  /** The address of a known API or agent; empty for a new one. */
  address: string;
  sourceAt: (url: string) => Source;
  preview: (source: Source) => Promise<Previewed<Preview>>;
  /** Another way to give what is read. */
  otherSource?: (read: (source: Source) => void, form: Form) => ReactNode;
  /** The form of what was read. */
  form: (source: Source, preview: Preview, onBack: () => void) => ReactNode;
  onClose: () => void;
}

/** Adds or changes an API or an outside agent: first its description is read, then a person chooses what agents can use. */
export function AddFromAddress<Source, Preview>(props: AddFromAddressProps<Source, Preview>) {
  const { id, title, label, placeholder, action, sourceAt, otherSource, form, onClose } = props;
  const [url, setUrl] = useState(props.address);
  const [read, setRead] = useState<{ source: Source; preview: Preview } | null>(null);
  const reading = useForm();
  const [isReading, setReading] = useState(false);
  /** The number of the newest read. A slow address may answer after a file that was chosen meanwhile. */
  const newest = useRef(0);

  async function look(source: Source): Promise<void> {
    newest.current += 1;
    const own = newest.current;
    setReading(true);
    reading.say(null);
    const found = await props.preview(source).catch(() => null);
    if (own !== newest.current) return;
    setReading(false);
    if (found?.ok) setRead({ source, preview: found.preview });
    else reading.say(found ?? { ok: false, sentence: "The server did not answer. Try again." });
  }
  return (
    <Card as="section" className="mb-6" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {read ? (
        form(read.source, read.preview, () => setRead(null))
      ) : (
        <ReadForm
          label={label}
          placeholder={placeholder}
          action={action}
          url={url}
          setUrl={setUrl}
          form={reading}
          isReading={isReading}
          onClose={onClose}
          read={() => void look(sourceAt(url))}
        >
          {otherSource?.((source) => void look(source), reading)}
        </ReadForm>
      )}
    </Card>
  );
}
