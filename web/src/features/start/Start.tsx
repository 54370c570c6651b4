// What an empty project shows in its middle: three ways to begin.
import { Clapperboard, Film, Sparkles } from "lucide-react";
import { type ComponentType, useState } from "react";
import { cn } from "@/lib/cn";
import { IdeaForm } from "./IdeaForm";
import { ImportForm } from "./ImportForm";
import { ScriptForm } from "./ScriptForm";

const WAYS: readonly {
  id: string;
  title: string;
  words: string;
  icon: typeof Film;
  Form: ComponentType;
}[] = [
  {
    id: "idea",
    title: "Describe the idea",
    words: "One shot, or a storyboard",
    icon: Sparkles,
    Form: IdeaForm,
  },
  {
    id: "script",
    title: "Paste a script",
    words: "Its structure becomes shots",
    icon: Clapperboard,
    Form: ScriptForm,
  },
  {
    id: "clips",
    title: "Bring your clips",
    words: "Own footage and pictures",
    icon: Film,
    Form: ImportForm,
  },
];

export default function Start() {
  const [way, setWay] = useState(WAYS[0]);
  const Form = way?.Form ?? IdeaForm;
  return (
    <section aria-label="Start" className="h-full overflow-y-auto px-6">
      <div className="mx-auto flex min-h-full w-full max-w-xl flex-col justify-center gap-4 py-6">
        <h2 className="text-center text-lg font-semibold tracking-tight">
          How does your film begin?
        </h2>
        <div className="grid grid-cols-3 gap-2">
          {WAYS.map((one) => (
            <WayButton key={one.id} way={one} isChosen={one === way} onChoose={() => setWay(one)} />
          ))}
        </div>
        <Form />
      </div>
    </section>
  );
}

interface WayButtonProps {
  way: (typeof WAYS)[number];
  isChosen: boolean;
  onChoose: () => void;
}

function WayButton({ way, isChosen, onChoose }: WayButtonProps) {
  const Icon = way.icon;
  return (
    <button
      type="button"
      aria-pressed={isChosen}
      onClick={onChoose}
      className={cn(
        "flex flex-col items-start gap-1 rounded-xl border border-line bg-panel p-3 text-left transition-colors hover:border-line-strong",
        isChosen && "border-accent bg-accent-soft hover:border-accent",
      )}
    >
      <Icon aria-hidden className={cn("size-4 text-muted", isChosen && "text-accent")} />
      <span className="font-medium">{way.title}</span>
      <span className="text-xs text-muted">{way.words}</span>
    </button>
  );
}
