"""Loads a lab, runs a step, grades it, renders the `lab` fence, and checks the whole catalog.

Belongs here: everything between the catalog and whoever shows it (browser, command line, site build). It knows no
browser and no lab by name. `service.handle` is the door for the browser, `python -m labs` for a terminal,
`fence.render` for MkDocs, and `gate.check_catalog` for a maintainer.
"""
