// The editor's frame: on a phone what is needed to look and approve, from 1024 px on the whole editor.
import { lazy, Suspense } from "react";
import { useHandler } from "@/commands/handlers";
import { THEME } from "@/commands/view";
import { useClipboardEvents } from "@/lib/clipboard/useClipboardEvents";
import { switchTheme } from "../theme";
import { CommandWindows } from "./CommandWindows";
import { useFetchLater } from "./later";
import { Panels } from "./Panels";
import { useEditorKeys } from "./useEditorKeys";
import { useMatches } from "./useMatches";
import { useRenderNews } from "./useRenderNews";

const ReviewLayout = lazy(() => import("./ReviewLayout"));

export function EditorLayout() {
  useEditorKeys();
  useClipboardEvents();
  useFetchLater();
  useRenderNews();
  useHandler(THEME, switchTheme);
  const isRoomy = useMatches("(min-width: 1024px)");
  return (
    <>
      {isRoomy ? (
        <Panels />
      ) : (
        <Suspense>
          <ReviewLayout />
        </Suspense>
      )}
      <CommandWindows />
    </>
  );
}
