// What lies beside the segments: ways to add to it, and the list.
import { AddItem } from "@/features/items/AddItem";
import { ItemList } from "@/features/items/ItemList";
import { useDocument } from "@/lib/store/document";

export default function BesidePanel() {
  const count = useDocument((state) => state.items.length);
  return (
    <>
      <h2 className="sr-only">Text and sound, {count}</h2>
      <AddItem />
      <ItemList />
    </>
  );
}
