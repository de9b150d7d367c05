"""What a paper is called, where it appeared, and which records describe the same one."""
