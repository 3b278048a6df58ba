"""Elections: Form 20 sheets, results by station and ward, what is computed from them, and predictions."""
