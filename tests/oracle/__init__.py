"""The policy held to its definition: a naive evaluator, questions and agreements to put to it, and the same in Cedar."""
