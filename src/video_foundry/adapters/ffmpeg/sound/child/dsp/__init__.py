"""Sound as numbers, for the child process alone: the server imports none of this, nor numpy."""
