// Using an account earlier or later than the others of its provider.
import { ArrowDown, ArrowUp } from "lucide-react";
import { type Account, changeAccount } from "@/api/accounts";
import { IconButton } from "@/ui/IconButton";
import { useChange } from "./useAccounts";

export function OrderButtons({ account, isLast }: { account: Account; isLast: boolean }) {
  const place = account.position ?? 0;
  const move = useChange("The order stays as it is", (position: number) =>
    changeAccount(account.id, { position }),
  );
  return (
    <>
      <IconButton
        label={`Use ${account.name} earlier`}
        disabled={place === 0 || move.isPending}
        onClick={() => move.mutate(place - 1)}
      >
        <ArrowUp />
      </IconButton>
      <IconButton
        label={`Use ${account.name} later`}
        disabled={isLast || move.isPending}
        onClick={() => move.mutate(place + 1)}
      >
        <ArrowDown />
      </IconButton>
    </>
  );
}
