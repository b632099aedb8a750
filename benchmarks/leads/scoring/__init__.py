"""The scoring's way of training on the UCI bank data, beside a logistic and a boosting baseline: `make bench-leads`."""
