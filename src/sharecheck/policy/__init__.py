"""One meaning: an agreement and the law of a day, compiled to a function from questions to decisions.

`compiled.compile` makes the policy, `answer.Desk` answers questions with it, `space.Space` is the whole of it as a diagram.
"""
