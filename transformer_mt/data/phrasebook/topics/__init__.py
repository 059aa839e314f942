"""What the patterns talk about: tables of sensible scenes, things and times, one topic a file."""
