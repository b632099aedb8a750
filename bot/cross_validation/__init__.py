"""`make test-nlu`: how well the training data teaches, by cross-validation and on the test sets."""
