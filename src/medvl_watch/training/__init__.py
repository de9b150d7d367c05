"""What makes the project's models out of papers that people judged, and measures them."""
