"""Facts the UI can see: appended in the transaction that makes them true, read by sequence."""
