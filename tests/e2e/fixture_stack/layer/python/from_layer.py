"""A module that functions find only through their layer."""

GREETING = "from the layer"
