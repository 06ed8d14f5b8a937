"""What stops a measurement."""


class UnexpectedError(Exception):
    """The site did not do what a measurement stands on, so its number would mean nothing. The message is Korean."""
