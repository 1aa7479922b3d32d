"""How the tables of the state database came to be what they are; run by ``orchestrator.ledger.migrate``."""
