"""What a trainer draws, writes and says about an instant of a session."""
