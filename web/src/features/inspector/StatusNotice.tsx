// What stands in the way of a segment, and what a person can do about it.
import { useState } from "react";
import type { Price, Segment } from "@/api/types";
import { tryAgain } from "@/commands/generate";
import { clipState } from "@/engine/clipState";
import { priceText } from "@/engine/money";
import { type Doubt, resolveDoubt } from "@/lib/actions/takes";
import { Button } from "@/ui/Button";
import { Confirm } from "@/ui/Dialog";
import { Notice } from "@/ui/Notice";

interface StatusNoticeProps {
  segment: Segment;
  /** What generating it again costs, in words. */
  price: string;
}

export function StatusNotice({ segment, price }: StatusNoticeProps) {
  const doubtful = segment.other_jobs.filter((job) => job.state === "needs_attention");
  return (
    <>
      <OwnStatus segment={segment} price={price} />
      {doubtful.map((job) => (
        <InDoubt
          key={job.id}
          doubt={{ jobId: job.id, epoch: job.epoch }}
          price={job.price}
          message={job.error_message}
          canFetch={job.can_fetch}
          isOther
        />
      ))}
    </>
  );
}

function OwnStatus({ segment, price }: StatusNoticeProps) {
  const state = clipState(segment);
  if (state === "failed") return <Failed segment={segment} price={price} />;
  if (state === "needs_attention" && segment.job_id !== null) {
    return (
      <InDoubt
        doubt={{ jobId: segment.job_id, epoch: segment.job_epoch ?? 0 }}
        price={segment.job_price}
        message={segment.error_message}
        canFetch={segment.can_fetch}
      />
    );
  }
  if (state === "generating" && segment.error_message !== null) {
    return (
      <Notice tone="info" title="Waiting to try again">
        {segment.error_message}
      </Notice>
    );
  }
  if (state === "changed") {
    return (
      <Notice tone="warn" title="Changed since its last take">
        You still see the old take. The next render generates this segment; going back to the old
        wording brings the old take back for nothing.
      </Notice>
    );
  }
  if (state === "ready" && segment.notice !== null) {
    return (
      <Notice tone="warn" title="Not as long as you asked">
        {segment.notice}. It is kept and used as it is; a new take is paid for anew.
      </Notice>
    );
  }
  return null;
}

function Failed({ segment, price }: StatusNoticeProps) {
  const isModerated = segment.error_code === "moderated";
  return (
    <Notice
      tone="bad"
      title={isModerated ? "The model refused this prompt" : "This segment could not be generated"}
      actions={
        <Button size="sm" onClick={() => tryAgain(segment)}>
          Try again, {price}
        </Button>
      }
    >
      {segment.error_message ?? "The model gave no reason."}
    </Notice>
  );
}

interface InDoubtProps {
  doubt: Doubt;
  price: Price | null;
  message: string | null;
  /** Its provider has it: asking for it again costs nothing. */
  canFetch: boolean;
  /** The doubt is about an earlier wording, or a take made on purpose. */
  isOther?: boolean;
}

function InDoubt({ doubt, price, message, canFetch, isOther }: InDoubtProps) {
  return (
    <Notice
      tone="warn"
      title={titleOf(canFetch, isOther)}
      actions={
        <>
          {canFetch && (
            <Button size="sm" onClick={() => void resolveDoubt(doubt, "fetch")}>
              Fetch it again, free
            </Button>
          )}
          <BuyAgain doubt={doubt} price={price} canFetch={canFetch} />
          <Button size="sm" look="quiet" onClick={() => void resolveDoubt(doubt, "abandon")}>
            Give it up
          </Button>
        </>
      }
    >
      <p className="first-letter:uppercase">
        {message ?? "The provider did not say whether it accepted the request."}
      </p>
      {!canFetch && (
        <p className="mt-1">
          Look at the provider’s own page first: submitting again may cost a second time.
        </p>
      )}
    </Notice>
  );
}

/** Once more for the price that it says; where nobody knows that, it asks first. */
function BuyAgain({ doubt, price, canFetch }: Pick<InDoubtProps, "doubt" | "price" | "canFetch">) {
  const [isAsking, setAsking] = useState(false);
  const words = canFetch ? "Buy it again" : "Submit again";
  const buy = () => {
    setAsking(false);
    void resolveDoubt(doubt, "resubmit", price);
  };
  return (
    <>
      <Button
        size="sm"
        look={canFetch ? "quiet" : "plain"}
        onClick={price?.is_known ? buy : () => setAsking(true)}
      >
        {words}, {price === null ? "price unknown" : priceText(price)}
      </Button>
      <Confirm
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        onConfirm={buy}
        title={`${words} for an unknown price?`}
        text="Nobody can say what this will cost, and the first one may be billed as well."
        action={`${words} anyway`}
      />
    </>
  );
}

function titleOf(canFetch: boolean, isOther: boolean | undefined): string {
  if (!canFetch) return isOther ? "Was another take paid for?" : "Was this one paid for?";
  return isOther ? "Another take is made, but not here" : "It is made, but not here";
}
