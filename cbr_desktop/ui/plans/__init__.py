"""Plans: made of request files, judged, run, and what became of their steps."""
