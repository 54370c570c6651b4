// @vitest-environment happy-dom
import { act, createElement } from "react";
import { createRoot } from "react-dom/client";
import { afterEach, beforeEach, expect, test } from "vitest";
import { fieldsOf, type ParamField as Shape } from "@/engine/paramForm";
import { ParamField } from "./ParamField";

const [STRENGTH] = fieldsOf({
  properties: { strength: { type: "number", minimum: 0, maximum: 1, default: 0.5 } },
});

let page: HTMLElement;
let given: unknown[];
let unmount: () => void;

beforeEach(() => {
  Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });
  page = document.body.appendChild(document.createElement("div"));
  given = [];
  const root = createRoot(page);
  const props = {
    owner: "s1",
    field: STRENGTH as Shape,
    value: 0.25,
    problem: undefined,
    onChange: (_name: string, value: unknown) => given.push(value),
    renderMedia: () => null,
  };
  act(() => root.render(createElement(ParamField, props)));
  unmount = () => act(() => root.unmount());
});

afterEach(() => {
  unmount();
  page.remove();
});

const input = () => page.querySelector("input") as HTMLInputElement;
const setValue = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value")?.set;

const press = (key: string) =>
  act(() => input().dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true })));

function type(text: string) {
  act(() => {
    setValue?.call(input(), text);
    input().dispatchEvent(new Event("input", { bubbles: true }));
  });
  press("Enter");
}

test("text that is no number stays in the field with what is wrong, until it is given up", () => {
  type("much");
  expect(page.textContent).toContain("Give a number");
  expect([input().value, given]).toEqual(["much", []]);
  press("Escape");
  expect(page.textContent).not.toContain("Give a number");
  expect(input().value).toBe("0.25");
});

test("every digit of a typed number counts; steps are round", () => {
  type("0.123456");
  type("0.1234567");
  press("ArrowUp");
  expect(given).toEqual([0.123456, 0.1234567, 0.26]);
});
