"""Results of a project on screen: ranking, charts, evaluators, and the paper to sign."""
