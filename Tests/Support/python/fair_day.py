"""A busy day of the chat."""
def busy_day(command, attacked, options):
    return {"faults": [], "more_ms": {"p99": None, "most": None}, "runs": [{}]}
