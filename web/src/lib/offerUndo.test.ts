// @vitest-environment happy-dom
import { toast } from "sonner";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { deleteSegments } from "./actions/deleteSegments";
import { editSegment, saveEdits } from "./actions/editSegment";
import { WHOLE } from "./actions/perform";
import { undo } from "./actions/undo";
import { FakeServer } from "./fakeServer";
import { openProject } from "./store/document";
import { closeHistory } from "./store/history";

let leave: () => void;
const shown = () => openProject().segments.map(({ id }) => id);

beforeEach(() => {
  leave = new FakeServer({ s1: "one", s2: "two", s3: "three" }).install();
  closeHistory();
});

afterEach(() => leave());

interface Message {
  action: { onClick: () => void };
}

/** The messages that are on the screen, once there are so many. */
const messages = (count: number) =>
  vi.waitFor(() => {
    const all = toast.getToasts() as unknown as Message[];
    expect(all).toHaveLength(count);
    return all;
  });

const press = (message: Message | undefined) => message?.action.onClick();

test("the way back that is offered takes back what it is about, and goes with the next step", async () => {
  await deleteSegments(["s1"]);
  const [first] = await messages(1);
  press(first);
  expect(shown()).toEqual(["s1", "s2", "s3"]);
  await messages(0);

  await deleteSegments(["s2"]);
  const [second] = await messages(1);
  editSegment("s3", { prompt: "drei" }, WHOLE);
  await messages(0);
  press(second);
  expect(shown()).toEqual(["s1", "s3"]);
  expect(openProject().segments[1]).toMatchObject({ prompt: "drei" });

  undo();
  await deleteSegments(["s3"]);
  await messages(1);
  closeHistory(); // another project
  await messages(0);
  await saveEdits();
});
