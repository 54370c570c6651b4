// Everything about the selected text, captions, image or sound.
import { MoreHorizontal } from "lucide-react";
import { type ItemKind, KINDS } from "@/engine/items";
import { moment } from "@/engine/timecode";
import { usePlacedItems } from "@/lib/hooks/usePlacedItems";
import type { Item } from "@/lib/itemRequests";
import { useDocument } from "@/lib/store/document";
import { IconButton } from "@/ui/IconButton";
import { Menu } from "@/ui/Menu";
import { AudioForm } from "./AudioForm";
import { CaptionForm } from "./CaptionForm";
import { ImageForm } from "./ImageForm";
import { itemMenu } from "./itemMenu";
import { KIND_ICON } from "./kindIcon";
import { TextForm } from "./TextForm";

const FORMS: Readonly<Record<ItemKind, (props: { item: Item }) => React.ReactNode>> = {
  text: TextForm,
  caption: CaptionForm,
  image: ImageForm,
  audio: AudioForm,
};

export function ItemInspector({ item }: { item: Item }) {
  const items = useDocument((state) => state.items);
  const placed = usePlacedItems().find((other) => other.item.id === item.id);
  const Form = FORMS[item.kind];
  return (
    <>
      <header className="flex h-11 shrink-0 items-center gap-2 pr-2 pl-4 [&>svg]:size-4 [&>svg]:text-faint">
        {KIND_ICON[item.kind]}
        <h2 className="font-semibold">{KINDS.find(({ kind }) => kind === item.kind)?.one}</h2>
        <span className="flex-1 text-right text-xs text-faint tabular-nums">
          {placed && `${moment(placed.span.start)} to ${moment(placed.span.end)}`}
        </span>
        <Menu items={itemMenu(item, items)}>
          <IconButton label="More for this item">
            <MoreHorizontal />
          </IconButton>
        </Menu>
      </header>
      <div className="flex min-h-0 flex-1 flex-col gap-4 overflow-y-auto px-4 pt-1 pb-6">
        <Form key={item.id} item={item} />
      </div>
    </>
  );
}
