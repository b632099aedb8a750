"""This assistant and the stock Rasa bot under the same load, in one run: `python -m benchmarks` (`make bench`)."""
