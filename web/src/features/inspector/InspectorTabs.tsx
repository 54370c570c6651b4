// What of a segment the inspector shows; a dot marks what is not as it came.
import type { Segment } from "@/api/types";
import { type InspectorTab, useSession } from "@/lib/store/session";
import { Tabs } from "@/ui/Tabs";

export function InspectorTabs({ segment, isLast }: { segment: Segment; isLast: boolean }) {
  const value = useSession((state) => state.inspectorTab);
  const { transition, retime, framing, look, sound } = segment;
  const tabs: { value: InspectorTab; label: string; mark?: string | null }[] = [
    { value: "about", label: "Clip" },
    { value: "transition", label: "Transition", mark: isLast ? null : marked(transition) },
    { value: "speed", label: "Speed", mark: marked(retime) },
    { value: "frame", label: "Frame", mark: marked(framing) },
    { value: "look", label: "Look", mark: marked(look) },
    { value: "sound", label: "Sound", mark: marked(sound) },
  ];
  return (
    <Tabs
      label="What to change"
      isWide
      value={value}
      tabs={tabs}
      onChange={(inspectorTab) => useSession.setState({ inspectorTab })}
    />
  );
}

const marked = (part: object | null) => (part === null ? null : "changed");
