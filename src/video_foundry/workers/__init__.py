"""The only room that runs long work: claiming jobs, generating, composing. No HTTP here."""
