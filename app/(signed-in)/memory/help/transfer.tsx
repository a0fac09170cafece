"use client";

import { useState } from "react";
import { buttonLook } from "@/components/ui/button-look";
import { Icon } from "@/components/ui/icon";
import { lazily } from "@/components/ui/page/lazily";
import { Button } from "@/components/ui/parts";

const ImportDialog = lazily(() => import("./import-dialog").then((file) => file.ImportDialog));

/** Downloads the live lessons as a file, and imports such a file from another installation. */
export function Transfer({ mayImport }: { mayImport: boolean }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <div className="mt-3 flex flex-wrap gap-2">
      <a className={buttonLook()} href="/api/v1/lessons/export" download="lessons.json">
        <Icon name="download" />
        Export
      </a>
      {mayImport ? (
        <Button look="quiet" onClick={() => setOpen(true)}>
          Import…
        </Button>
      ) : null}
      {isOpen ? <ImportDialog onClosed={() => setOpen(false)} /> : null}
    </div>
  );
}
