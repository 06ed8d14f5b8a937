"""What a learner runs: lab code (catalog), the simulated AWS it talks to (cloud), grading (engine), and the browser side (player)."""
