// What stands in the way of a segment, and what a person can do about it.
import type { Price, Segment } from "@/api/types";
import { clipState } from "@/engine/clipState";
import { priceText } from "@/engine/money";
import { resolveDoubt, tryAgain } from "@/lib/actions/takes";
import { Button } from "@/ui/Button";
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
          jobId={job.id}
          price={job.price}
          message={job.error_message}
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
      <InDoubt jobId={segment.job_id} price={segment.job_price} message={segment.error_message} />
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
  return null;
}

function Failed({ segment, price }: StatusNoticeProps) {
  const isModerated = segment.error_code === "moderated";
  return (
    <Notice
      tone="bad"
      title={isModerated ? "The model refused this prompt" : "This segment could not be generated"}
      actions={
        <Button size="sm" onClick={() => void tryAgain(segment.id)}>
          Try again, {price}
        </Button>
      }
    >
      {segment.error_message ?? "The model gave no reason."}
    </Notice>
  );
}

interface InDoubtProps {
  jobId: string;
  price: Price | null;
  message: string | null;
  /** The doubt is about an earlier wording, or a take made on purpose. */
  isOther?: boolean;
}

function InDoubt({ jobId, price, message, isOther }: InDoubtProps) {
  return (
    <Notice
      tone="warn"
      title={isOther ? "Was another take paid for?" : "Was this one paid for?"}
      actions={
        <>
          <Button size="sm" onClick={() => void resolveDoubt(jobId, "resubmit")}>
            Submit again{price !== null && `, ${priceText(price)}`}
          </Button>
          <Button size="sm" look="quiet" onClick={() => void resolveDoubt(jobId, "abandon")}>
            Give it up
          </Button>
        </>
      }
    >
      <p className="first-letter:uppercase">
        {message ?? "The provider did not say whether it accepted the request."}
      </p>
      <p className="mt-1">
        Look at the provider’s own page first: submitting again may cost a second time.
      </p>
    </Notice>
  );
}
