// The sign of each kind of item, the same in lists and in the inspector.
import { Captions, ImageIcon, Music, Type } from "lucide-react";
import type { ReactNode } from "react";
import type { ItemKind } from "@/engine/items";

export const KIND_ICON: Readonly<Record<ItemKind, ReactNode>> = {
  text: <Type aria-hidden />,
  caption: <Captions aria-hidden />,
  image: <ImageIcon aria-hidden />,
  audio: <Music aria-hidden />,
};
