// What a render makes and how: the main film, further outputs beside it, and which of them now.
import { Clapperboard } from "lucide-react";
import { chosenOutputs } from "@/engine/outputs";
import { usePlan } from "@/lib/queries";
import { useProject } from "@/lib/store/document";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { Notice } from "@/ui/Notice";
import { AskRender } from "../AskRender";
import { useStartRender } from "../useStartRender";
import { MainForm } from "./MainForm";
import { OutputForm } from "./OutputForm";
import { OutputList } from "./OutputList";
import { type Outputs, useOutputs } from "./useOutputs";

export default function DeliverDialog({ onClose }: { onClose: () => void }) {
  const outputs = useOutputs();
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title="Outputs and delivery"
      description="One render makes them all; what they have in common is made once."
      className="max-w-3xl"
      footer={<Footer outputs={outputs} onClose={onClose} />}
    >
      <div className="grid min-h-72 gap-5 sm:grid-cols-[15rem_1fr]">
        <OutputList outputs={outputs} />
        <Shown outputs={outputs} />
      </div>
    </Dialog>
  );
}

function Shown({ outputs }: { outputs: Outputs }) {
  const { shown, problem } = outputs;
  const output = outputs.outputs.find((one) => one.name === shown);
  return (
    <div className="flex min-w-0 flex-col gap-4">
      {problem && (
        <Notice tone="bad" title={problem.message}>
          {problem.fix}
        </Notice>
      )}
      {output === undefined ? (
        <MainForm value={outputs.main} onChange={outputs.setMain} />
      ) : (
        <OutputForm
          key={output.kind}
          value={output}
          main={outputs.main}
          others={outputs.names.filter((name) => name !== shown)}
          onChange={(next) => outputs.change(shown, next)}
          onRemove={() => outputs.remove(shown)}
        />
      )}
    </div>
  );
}

function Footer({ outputs, onClose }: { outputs: Outputs; onClose: () => void }) {
  const { id } = useProject();
  const plan = usePlan(id).data;
  const wanted = new Set(outputs.names.filter((name) => !outputs.isLeft(name)));
  const { begin, go, isStarting, question, dismiss } = useStartRender(
    chosenOutputs(outputs.names, wanted),
  );

  async function save() {
    if ((await outputs.save()) !== "refused") onClose();
  }

  /** What is to be decided is behind this window. */
  async function render() {
    if (plan === undefined) return;
    const saving = await outputs.save();
    if (saving === "offered" || (saving === "saved" && (await begin(plan)))) onClose();
  }

  return (
    <>
      <Button disabled={!outputs.isChanged} onClick={() => void save()}>
        Save
      </Button>
      <Button
        look="primary"
        isBusy={isStarting}
        disabled={wanted.size === 0 || (plan?.segments.length ?? 0) === 0}
        onClick={() => void render()}
      >
        {!isStarting && <Clapperboard />}
        {wanted.size === 1 ? "Render 1 output" : `Render ${wanted.size} outputs`}
      </Button>
      {question && (
        <AskRender
          question={question}
          onClose={dismiss}
          onGo={(agreed) => void go(agreed).then((hasBegun) => hasBegun && onClose())}
        />
      )}
    </>
  );
}
