"""The wires that models are spoken to by: pure functions between the Model Protocol's types and JSON."""
