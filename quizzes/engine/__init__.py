"""The items as data: their schema and loader, the rules that refuse bad ones, and what the build makes of them (fence, rubric).

`kinds/` holds one file for each kind of item, `lint/rules/` one file for each rule.
"""
