"""A forge in a folder of this machine: real git repositories, readable pull requests."""
