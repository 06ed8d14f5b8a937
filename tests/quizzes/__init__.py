"""The quizzes room: models, loader, rules, fence, rubric, command line, and the property that answers never move."""
