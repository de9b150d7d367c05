"""The exam of a language model: papers with known verdicts, and what follows from its answers."""
