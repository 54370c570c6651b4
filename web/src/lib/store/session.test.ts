import { beforeEach, expect, test } from "vitest";
import type { Project } from "@/api/types";
import type { Item } from "../itemRequests";
import { changeDocument, EMPTY_DOCUMENT } from "./document";
import {
  announce,
  inspectNow,
  select,
  selectAll,
  selectedInOrder,
  selectItem,
  selectMany,
  selectRange,
  toggleSelect,
  useSession,
  watch,
} from "./session";

const shows = (...ids: string[]) => {
  const segments = ids.map((id, order_index) => ({ id, order_index }));
  changeDocument(() => ({ base: { id: "p", segments } as unknown as Project }));
};
const chosen = () => {
  const { selectedId, selectedIds } = useSession.getState();
  return [selectedId, ...selectedIds];
};

beforeEach(() => {
  const segments = ["a", "b", "c", "d"].map((id, order_index) => ({ id, order_index }));
  changeDocument(() => ({ ...EMPTY_DOCUMENT, base: { id: "p", segments } as unknown as Project }));
  select("b");
});

test("one, a range, one more, all", () => {
  selectRange("d");
  expect(chosen()).toEqual(["d", "b", "c", "d"]);
  toggleSelect("a");
  expect(chosen()).toEqual(["a", "b", "c", "d", "a"]);
  expect(selectedInOrder()).toEqual(["a", "b", "c", "d"]);
  select("c");
  expect(chosen()).toEqual(["c", "c"]);
  selectAll();
  expect(chosen()).toEqual(["c", "a", "b", "c", "d"]);
});

test("whoever sets the primary selection alone chooses it alone", () => {
  selectAll();
  useSession.setState({ selectedId: "a" });
  expect(chosen()).toEqual(["a", "a"]);
  useSession.setState(() => ({ selectedId: null }));
  expect(chosen()).toEqual([null]);
  selectAll();
  watch("d");
  expect(chosen()).toEqual(["d", "d"]);
});

test("an item does not take the segments' selection away", () => {
  selectMany(["a", "c"]);
  selectItem("i");
  expect(chosen()).toEqual(["c", "a", "c"]);
  expect(useSession.getState().selectedItemId).toBe("i");
});

test("whoever goes to the inspector finds what is chosen; what is chosen next comes later again", () => {
  inspectNow();
  expect(useSession.getState().isInspected).toBe(true);
  useSession.setState({ inspectorTab: "look" });
  expect(useSession.getState().isInspected).toBe(true);
  select("c");
  expect(useSession.getState().isInspected).toBe(false);
});

test("what undo or somebody else takes away is chosen no more, and something beside it is", () => {
  shows("a", "c", "d");
  expect(chosen()).toEqual(["c", "c"]);
  shows("a");
  expect(chosen()).toEqual(["a", "a"]);
  shows("a", "b");
  expect(chosen()).toEqual(["a", "a"]);
  shows();
  expect(chosen()).toEqual([null]);
});

test("an item that is gone leaves the segment that was chosen before", () => {
  const item = { id: "i", kind: "text", fields: {} } as unknown as Item;
  changeDocument(() => ({ baseItems: [item] }));
  selectItem("i");
  shows("a", "b");
  expect(useSession.getState().selectedItemId).toBe("i");
  changeDocument(() => ({ baseItems: [] }));
  expect(useSession.getState().selectedItemId).toBeNull();
  expect(chosen()).toEqual(["b", "b"]);
});

test("the same words are counted as said again", () => {
  announce("Copied");
  const { announcements } = useSession.getState();
  announce("Copied");
  expect(useSession.getState()).toMatchObject({
    announcement: "Copied",
    announcements: announcements + 1,
  });
});
