// Doing again the step that was taken back last.
import { turnBack } from "./turnBack";

export const redo = (): void => turnBack("redo");
