import { beforeEach, expect, test } from "vitest";
import type { Project } from "@/api/types";
import { changeDocument, EMPTY_DOCUMENT } from "./document";
import {
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
