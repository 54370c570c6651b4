// Keys of providers: what is stored, how it stands, and adding more.
import { ArrowLeft, Plus } from "lucide-react";
import { useEffect, useState } from "react";
import { Link } from "wouter";
import { AccountDialog } from "@/features/accounts/AccountDialog";
import { AccountList } from "@/features/accounts/AccountList";
import { useAccounts } from "@/features/accounts/useAccounts";
import { Button } from "@/ui/Button";
import { Notice } from "@/ui/Notice";
import { Spinner } from "@/ui/Spinner";
import { ThemeButton } from "./ThemeButton";

export default function SettingsPage() {
  const [isAdding, setAdding] = useState(false);
  const { data, error, refetch } = useAccounts();
  useEffect(() => {
    document.title = "Keys · Video Foundry";
  }, []);
  return (
    <div className="flex h-full flex-col overflow-y-auto">
      <header className="flex h-12 shrink-0 items-center gap-2.5 border-b border-line bg-panel px-4">
        <Link
          href="/"
          className="-ml-1.5 flex h-8 items-center gap-1.5 rounded-lg px-2 font-medium text-muted hover:bg-hover hover:text-ink"
        >
          <ArrowLeft aria-hidden className="size-4" /> Projects
        </Link>
        <span className="flex-1" />
        <ThemeButton />
      </header>
      <main className="mx-auto w-full max-w-3xl flex-1 px-6 py-8">
        <div className="mb-6 flex flex-wrap items-center justify-between gap-3">
          <div>
            <h1 className="text-xl font-semibold tracking-tight">Keys</h1>
            <p className="mt-1 text-muted">
              Used from the top down; one without money stands still and the next takes over.
            </p>
          </div>
          {data && data.accounts.length > 0 && (
            <Button look="primary" onClick={() => setAdding(true)}>
              <Plus /> Add a key
            </Button>
          )}
        </div>
        {data ? (
          <AccountList told={data} onAdd={() => setAdding(true)} />
        ) : error ? (
          <Notice
            tone="bad"
            title="The keys cannot be listed"
            actions={<Button onClick={() => void refetch()}>Try again</Button>}
          >
            {error.message}
          </Notice>
        ) : (
          <Spinner className="mx-auto my-16 size-5 text-faint" />
        )}
      </main>
      <AccountDialog isOpen={isAdding} onClose={() => setAdding(false)} />
    </div>
  );
}
