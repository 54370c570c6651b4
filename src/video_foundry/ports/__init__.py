"""What the outside must do for us, as protocols and values. No implementation lives here."""
