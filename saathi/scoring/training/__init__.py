"""How the model of lead scoring is made: `make train-leads`. Runs in .venv-leads alone; the application imports none of
it."""
