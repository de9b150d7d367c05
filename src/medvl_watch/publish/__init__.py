"""From papers that were placed to pull requests and a digest: texts, decisions, forges."""
