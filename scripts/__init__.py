"""What a maintainer types (serve, test, build, bench) and the steps of a build."""
