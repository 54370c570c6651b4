// Every account, provider by provider, in the order in which they are used.
import { KeyRound, Plus } from "lucide-react";
import type { Accounts } from "@/api/accounts";
import { Button } from "@/ui/Button";
import { Notice } from "@/ui/Notice";
import { useFocusKept } from "@/ui/useFocusKept";
import { AccountCard } from "./AccountCard";
import { byProvider } from "./standing";

export function AccountList({ told, onAdd }: { told: Accounts; onAdd: () => void }) {
  const kept = useFocusKept((list, place) => {
    const rows = list.querySelectorAll("li");
    return (rows[place] ?? rows[place - 1] ?? list).querySelector("button");
  });
  return (
    <div className="flex flex-col gap-7" {...kept}>
      {told.secret_problem && (
        <Notice tone="warn" title="Keys cannot be stored yet">
          {told.secret_problem}
        </Notice>
      )}
      {byProvider(told.accounts).map(([title, accounts]) => (
        <section key={title} aria-label={title}>
          <h2 className="mb-2 text-xs font-medium text-muted">{title}</h2>
          <ol className="divide-y divide-line overflow-hidden rounded-xl border border-line bg-panel">
            {accounts.map((account, place) => (
              <AccountCard
                key={account.id}
                account={account}
                isLast={place === accounts.length - 1}
                isAlone={accounts.length === 1}
              />
            ))}
          </ol>
        </section>
      ))}
      {told.accounts.length === 0 && <NoKeys onAdd={onAdd} />}
    </div>
  );
}

function NoKeys({ onAdd }: { onAdd: () => void }) {
  return (
    <div className="flex flex-col items-center gap-3 rounded-2xl border border-dashed border-line px-6 py-14 text-center">
      <KeyRound aria-hidden className="size-8 text-faint" />
      <h2 className="font-medium">No keys yet</h2>
      <p className="max-w-md text-muted">
        The test and storyboard models need none. For the others, add the key that the provider gave
        you; it is stored encrypted on the server and never shown again.
      </p>
      <Button look="primary" onClick={onAdd}>
        <Plus /> Add a key
      </Button>
    </div>
  );
}
