"""What was learned of a list, told to a person, with how sure it is."""
