"""`make validate`: what is wrong in data/, domain.yml and config.yml, a line a finding, before anything is trained."""
