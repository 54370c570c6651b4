import { expect, test } from "vitest";
import { paidText } from "./paid";

const render = (amount: string, cost_is_known: boolean) => ({
  cost_actual: { amount, currency: "USD" },
  cost_is_known,
});

test("what was paid is said, and that nobody knows it yet", () => {
  expect(paidText(render("0", true))).toBe("free");
  expect(paidText(render("0.4", true))).toBe("$0.40");
  expect(paidText(render("0.4", false))).toBe("at least $0.40");
  expect(paidText(render("0.000", false))).toBe("price not told yet");
});
