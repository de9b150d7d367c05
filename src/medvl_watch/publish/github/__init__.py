"""The forge on GitHub, through PyGithub's REST calls."""
