"""The proof that no grant is lost: the explorer, faults, races, an outage."""
