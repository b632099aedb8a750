"""The environments, the supervisor and the terminal client: what runs Saathi on one machine."""
