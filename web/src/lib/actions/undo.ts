// Taking back the last step of this window, whatever others have done since to other things.
import { turnBack } from "./turnBack";

export const undo = (): void => turnBack("undo");
