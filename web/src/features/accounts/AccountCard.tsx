// One account: its name, the end of its key, how it stands, and what can be done with it.
import { Pencil, Play, Trash2 } from "lucide-react";
import { useState } from "react";
import { type Account, removeAccount, resumeAccount, tryAccount } from "@/api/accounts";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { Confirm } from "@/ui/Dialog";
import { IconButton } from "@/ui/IconButton";
import { AccountDialog } from "./AccountDialog";
import { OrderButtons } from "./OrderButtons";
import { standingOf } from "./standing";
import { useChange } from "./useAccounts";

interface AccountCardProps {
  account: Account;
  isLast: boolean;
  isAlone: boolean;
}

export function AccountCard({ account, isLast, isAlone }: AccountCardProps) {
  const [open, setOpen] = useState<"edit" | "remove" | null>(null);
  const test = useChange("The key could not be tested", tryAccount);
  const resume = useChange("The account stays as it is", resumeAccount);
  const remove = useChange("The key is still stored", removeAccount);
  const isStored = account.variable === null;
  const standing = standingOf(account);
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-2 px-4 py-3">
      <div className="min-w-0 flex-1 basis-64">
        <p className="flex flex-wrap items-center gap-2">
          <span className="min-w-0 truncate font-medium">
            {isStored ? account.name : "Environment"}
          </span>
          <code className="text-xs text-muted">{keyText(account)}</code>
          <Badge tone={standing.tone}>{standing.word}</Badge>
        </p>
        <Told account={account} told={standing.told} />
      </div>
      <div className="flex items-center gap-1">
        {account.halt && (
          <Button
            size="sm"
            isBusy={resume.isPending}
            onClick={() => resume.mutate(account.id)}
            title="Send with it again"
          >
            <Play /> Resume
          </Button>
        )}
        <Button size="sm" isBusy={test.isPending} onClick={() => test.mutate(account.id)}>
          Test
        </Button>
        {isStored && (
          <>
            {!isAlone && <OrderButtons account={account} isLast={isLast} />}
            <IconButton label={`Edit ${account.name}`} onClick={() => setOpen("edit")}>
              <Pencil />
            </IconButton>
            <IconButton label={`Remove ${account.name}`} onClick={() => setOpen("remove")}>
              <Trash2 />
            </IconButton>
          </>
        )}
      </div>
      <AccountDialog account={account} isOpen={open === "edit"} onClose={() => setOpen(null)} />
      <Confirm
        isOpen={open === "remove"}
        onClose={() => setOpen(null)}
        onConfirm={() => {
          setOpen(null);
          remove.mutate(account.id);
        }}
        title={`Remove ${account.name}?`}
        text="The server forgets its key. Clips that were made with it stay."
        action="Remove"
      />
    </li>
  );
}

function Told({ account, told }: { account: Account; told: string }) {
  const ends = account.halt?.until && `until ${when(account.halt.until)}`;
  const since = account.halt && `since ${when(account.halt.since)}`;
  const tested = account.last_test && `tested ${when(account.last_test.at)}`;
  const from = account.variable && `from ${account.variable}`;
  const settings = Object.entries(account.settings).map(([name, value]) => `${name} ${value}`);
  const facts = [from, account.base_url, ...settings, since, ends, tested]
    .filter(Boolean)
    .join(" · ");
  return (
    <>
      {told && <p className="mt-1 text-xs text-ink">{told}</p>}
      {facts && <p className="mt-0.5 break-words text-xs text-muted">{facts}</p>}
    </>
  );
}

const keyText = (account: Account): string => (account.key_end ? `…${account.key_end}` : "set");

const when = (moment: string): string =>
  new Date(moment).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
