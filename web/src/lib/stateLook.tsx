// How each state of a clip looks and is called, the same in every panel.
import {
  Check,
  CircleAlert,
  CircleDashed,
  CircleHelp,
  Film,
  Pencil,
  RefreshCw,
} from "lucide-react";
import type { ReactNode } from "react";
import type { ClipState } from "@/engine/clipState";

interface StateLook {
  label: string;
  tone: "neutral" | "accent" | "good" | "warn" | "bad";
  icon: ReactNode;
}

export const STATE_LOOK: Readonly<Record<ClipState, StateLook>> = {
  empty: { label: "Not made yet", tone: "neutral", icon: <CircleDashed /> },
  generating: { label: "Generating", tone: "accent", icon: <RefreshCw /> },
  ready: { label: "Ready", tone: "good", icon: <Check /> },
  changed: { label: "Changed", tone: "warn", icon: <Pencil /> },
  failed: { label: "Failed", tone: "bad", icon: <CircleAlert /> },
  needs_attention: { label: "Needs you", tone: "warn", icon: <CircleHelp /> },
  own: { label: "Own footage", tone: "neutral", icon: <Film /> },
};
