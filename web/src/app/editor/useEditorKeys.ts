// The keyboard of the editor, for as long as the editor is on the screen.
import { useEffect } from "react";
import { listenForKeys } from "@/commands/listen";

export const useEditorKeys = (): void => useEffect(listenForKeys, []);
