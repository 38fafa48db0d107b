"""The lab's own agent with a language model: a loop over the bench's tools, and strategies that decide what each round starts from."""
