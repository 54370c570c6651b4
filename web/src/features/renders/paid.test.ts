import { expect, test } from "vitest";
import { paidText } from "./paid";

const render = (amount: string, cost_is_known: boolean, yuan?: string) => ({
  cost_actual: { amount, currency: "USD" },
  other_costs: yuan ? [{ amount: yuan, currency: "CNY" }] : [],
  cost_is_known,
});

test("what was paid is said, and that nobody knows it yet", () => {
  expect(paidText(render("0", true))).toBe("free");
  expect(paidText(render("0.4", true))).toBe("$0.40");
  expect(paidText(render("0.4", false))).toBe("at least $0.40");
  expect(paidText(render("0.000", false))).toBe("price not told yet");
});

test("what was billed in another currency stands beside", () => {
  expect(paidText(render("0.4", true, "3"))).toBe("$0.40 + 3.00 CNY");
  expect(paidText(render("0", true, "3"))).toBe("3.00 CNY");
  expect(paidText(render("0", false, "3"))).toBe("at least 3.00 CNY");
});
