// An address that leads nowhere.
import { Link } from "wouter";

export function NotFoundPage() {
  return (
    <main className="flex h-full flex-col items-center justify-center gap-2 text-center">
      <h1 className="text-lg font-semibold">There is nothing here</h1>
      <p className="text-muted">
        The project may have been deleted, or the address is not complete.
      </p>
      <Link href="/" className="mt-2 font-medium text-accent hover:underline">
        All projects
      </Link>
    </main>
  );
}
