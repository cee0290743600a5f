"""What is shown on a day, once, as typed values that every output paints."""
