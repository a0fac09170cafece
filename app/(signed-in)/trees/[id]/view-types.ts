import type { Dispatch, SetStateAction } from "react";
import type { OutlineView } from "@/components/trees/outline";

export type ViewState = OutlineView;
export type ViewSetter = Dispatch<SetStateAction<OutlineView>>;
