"""What holds for every operation of the contract. A new operation needs no edit here: all follows from openapi.yaml."""
