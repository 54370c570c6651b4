"""Tables, sessions and one repository a noun. The rows are the truth; no rule of the product and
no HTTP lives here."""
