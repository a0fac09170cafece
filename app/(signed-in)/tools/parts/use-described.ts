"use client";

import { useState } from "react";
import { type Form, useForm } from "@/components/ui/forms/use-form";
import type { ApiRequest } from "@/core/shapes/servers/outside";

/** How requests to an API or an outside agent are signed. */
interface AuthValues {
  auth: NonNullable<ApiRequest["auth"]>;
  header: string;
  secret: string;
}

/** The fields that an API and an outside agent have both. */
export interface DescribedValues extends AuthValues {
  name: string;
}

/** An added server of these kinds, to change. */
interface Known {
  name: string;
  auth: AuthValues["auth"];
  header: string | null;
}

export interface DescribedForm {
  form: Form;
  values: DescribedValues;
  change: (some: Partial<DescribedValues>) => void;
  /** Whether a server is changed. It keeps its name, and its secret when none is given. */
  isKnown: boolean;
  /** The keys of the operations or skills that agents can use. */
  chosen: ReadonlySet<string>;
  choose: (chosen: ReadonlySet<string>) => void;
  /** What the operation gets of these fields. */
  request: { name: string; auth: AuthValues["auth"]; header: string; secret?: string };
}

/** Holds what a person chooses of a description that was read. */
export function useDescribed(known: Known | undefined, name: string, offered: readonly string[]): DescribedForm {
  const form = useForm();
  const [values, setValues] = useState<DescribedValues>({
    name: known?.name ?? name,
    auth: known?.auth ?? "none",
    header: known?.header ?? "X-API-Key",
    secret: "",
  });
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set(offered));
  const { auth, header, secret } = values;
  return {
    form,
    values,
    change: (some) => setValues({ ...values, ...some }),
    isKnown: known !== undefined,
    chosen,
    choose: setChosen,
    request: { name: values.name.trim(), auth, header, ...(secret && { secret }) },
  };
}
