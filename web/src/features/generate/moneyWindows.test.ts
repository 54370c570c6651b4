// @vitest-environment happy-dom
import { QueryClientProvider } from "@tanstack/react-query";
import { Tooltip } from "radix-ui";
import { type ComponentType, createElement } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Plan } from "@/api/types";
import { closeWindow, openWindow, useWindow } from "@/commands/windows";
import { FakeServer } from "@/lib/fakeServer";
import { keys, queryClient } from "@/lib/queryClient";
import GenerateChangedDialog from "./GenerateChangedDialog";
import NewTakesDialog from "./NewTakesDialog";

let leave: () => void;
let root: Root;

beforeEach(() => {
  const server = new FakeServer({ s1: "one" });
  for (const segment of server.project.segments) segment.project_id = server.project.id;
  leave = server.install();
  queryClient.setQueryData(keys.models, []);
  queryClient.setQueryData(keys.plan("p"), { segments: [], ready: true } as unknown as Plan);
  root = createRoot(document.body.appendChild(document.createElement("div")));
});

afterEach(() => {
  root.unmount();
  closeWindow();
  leave();
});

function show(window: ComponentType): void {
  const inside = createElement(Tooltip.Provider, null, createElement(window));
  root.render(createElement(QueryClientProvider, { client: queryClient }, inside));
}

test("what there is nothing left to generate for is closed for good", async () => {
  openWindow("generate-changed");
  show(GenerateChangedDialog);
  await vi.waitFor(() => expect(useWindow.getState().name).toBeNull());
});

test("the window has the focus, not the button that pays", async () => {
  const price = { low: "0.60", high: "0.60", currency: "USD", is_known: true };
  const about = [...keys.takes("s1"), "price", 1, undefined];
  queryClient.setQueryData(about, { price, seconds: 40 });
  openWindow("new-takes", { segmentId: "s1", count: 1 });
  show(NewTakesDialog);
  await vi.waitFor(() => {
    const dialog = document.querySelector("[role=dialog]");
    expect(dialog?.textContent).toContain("Generate, ≈ $0.60");
    expect(document.activeElement).toBe(dialog);
  });
});
