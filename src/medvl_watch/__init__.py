"""medvl-watch keeps curated lists of medical vision-language papers up to date by pull request."""

__version__ = "0.1.0"
