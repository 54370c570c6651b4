import { expect, test } from "vitest";
import { lookMatrix } from "./lookMatrix";

/** What a look makes of a colour. */
const seen = (look: Parameters<typeof lookMatrix>[0], colour: readonly number[]) =>
  lookMatrix(look).map((row) =>
    [...colour, 1].reduce((sum, part, at) => sum + part * (row[at] ?? 0), 0),
  );
const light = ([red = 0, green = 0, blue = 0]: readonly number[]) =>
  0.2126 * red + 0.7152 * green + 0.0722 * blue;
const ORANGE = [0.8, 0.5, 0.1];

const expectColour = (found: readonly number[], wanted: readonly number[]) =>
  wanted.forEach((part, at) => {
    expect(found[at]).toBeCloseTo(part, 9);
  });

test("without a look nothing changes", () => {
  expectColour(seen(null, ORANGE), ORANGE);
  expectColour(seen({}, ORANGE), ORANGE);
});

test("without saturation there is grey of the same brightness", () => {
  const grey = light(ORANGE);
  expectColour(seen({ saturation: 0 }, ORANGE), [grey, grey, grey]);
  expect(light(seen({ saturation: 1.7 }, ORANGE))).toBeCloseTo(grey, 9);
});

test("contrast turns about the middle", () => {
  expectColour(seen({ contrast: 1.5 }, [0.5, 0.5, 0.5]), [0.5, 0.5, 0.5]);
  expectColour(seen({ contrast: 2 }, [0.6, 0.4, 0.5]), [0.7, 0.3, 0.5]);
});

test("a stop doubles the light of the screen", () => {
  const [red = 0] = seen({ exposure: 1 }, [0.3, 0.3, 0.3]);
  expect((red / 0.3) ** 2.2).toBeCloseTo(2, 9);
});

test("warmth keeps the brightness of white", () => {
  const warm = seen({ temperature: 1 }, [1, 1, 1]);
  expect(light(warm)).toBeCloseTo(1, 9);
  expect((warm[0] ?? 0) / (warm[2] ?? 1)).toBeCloseTo(1.16 / 0.84, 9);
});
