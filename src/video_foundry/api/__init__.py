"""The only room that knows HTTP: routes, schemas, problems, the guard. No rule of the product."""
