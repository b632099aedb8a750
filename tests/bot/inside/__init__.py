"""Programs that run in Rasa's Python and print one JSON object; the tests beside this folder judge it."""
