"""What a learner is asked: the items (bank), their schema, lint, fence and exports (engine), and the browser side (player)."""
