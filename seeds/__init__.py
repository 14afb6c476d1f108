"""What a run starts from: entity catalogue, lexicons, sample articles."""
